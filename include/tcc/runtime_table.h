/* What generated code asks of its host, passed as its first argument. C, so that ahead-of-time
 * code and any host language can use it; compiled code refers to no symbol of the library. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Increased when the layout below changes. */
#define TCC_RUNTIME_TABLE_VERSION 1

typedef struct tcc_runtime_table {
  uint32_t version;
  void* context; /* given back to every function below */
  /* 64-byte aligned memory, or null. */
  void* (*allocate)(void* context, size_t bytes);
  void (*release)(void* context, void* memory);
  /* Notes why the run fails; the kernel then returns non-zero. `message` outlives the call. */
  void (*fail)(void* context, const char* message);
} tcc_runtime_table;

/* A kernel: buffers in the order of the program's buffers (null for a kernel's own ones), sizes in
 * the order of its size names. Returns 0, or not after `fail`. */
typedef int32_t (*tcc_kernel)(const tcc_runtime_table* runtime, void* const* buffers,
                              const int64_t* sizes);

#ifdef __cplusplus
}
#endif
