/* What generated code asks of its host, passed as its first argument. C, so that ahead-of-time
 * code and any host language can use it; compiled code refers to no symbol of the library. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Increased when the layout below changes. */
#define TCC_RUNTIME_TABLE_VERSION 3

typedef struct tcc_runtime_table tcc_runtime_table;

/* Pieces `begin` to `end` - 1 of a parallel loop, in order. Returns 0, or the fault of the first
 * that failed; those behind it are left out then. */
typedef int32_t (*tcc_pieces)(const tcc_runtime_table* runtime, const void* closure, int64_t begin,
                              int64_t end);

struct tcc_runtime_table {
  uint32_t version;
  void* context; /* given back to every function below */
  /* 64-byte aligned memory, or null. What was asked for last is released first. */
  void* (*allocate)(void* context, size_t bytes);
  void (*release)(void* context, void* memory);
  /* Notes why the run fails; the kernel then returns a fault. `message` outlives the call; a {}
   * in it stands for `value`. */
  void (*fail)(void* context, const char* message, int64_t value);
  /* Calls `body` until pieces 0 to `count` - 1 are done: in any order, on any threads, each with a
   * table of its own, the caller's for those on this thread. Returns 0, or the fault of the lowest
   * piece that failed, whatever the threads; its message is the one that is kept. Pieces behind it
   * may be left out. Inside a piece it calls `body` in order. */
  int32_t (*parallel)(void* context, int64_t count, tcc_pieces body, const void* closure);
};

/* What a kernel returns after `fail`: the data do not fit the program, or memory is missing. */
#define TCC_FAULT_DATA 1
#define TCC_FAULT_ENVIRONMENT 3

/* A kernel: buffers in the order of the program's buffers (null for a kernel's own ones), sizes in
 * the order of its size names. Returns 0, or one of the faults after `fail`. */
typedef int32_t (*tcc_kernel)(const tcc_runtime_table* runtime, void* const* buffers,
                              const int64_t* sizes);

#ifdef __cplusplus
}
#endif
