/* What generated code asks of its host, passed as its first argument. C, so that ahead-of-time
 * code and any host language can use it; compiled code refers to no symbol of the library. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Increased when the layout below changes. */
#define TCC_RUNTIME_TABLE_VERSION 2

typedef struct tcc_runtime_table {
  uint32_t version;
  void* context; /* given back to every function below */
  /* 64-byte aligned memory, or null. */
  void* (*allocate)(void* context, size_t bytes);
  void (*release)(void* context, void* memory);
  /* Notes why the run fails; the kernel then returns a fault. `message` outlives the call; a {}
   * in it stands for `value`. */
  void (*fail)(void* context, const char* message, int64_t value);
} tcc_runtime_table;

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
