// OpenBLAS's C interface as a module, and what its choice of kernels depends on.
#pragma once
#include <cblas.h>
#include <stdbool.h>

/// Whether processor and operating system have the AVX-512 subsets that OpenBLAS's SkylakeX kernels use.
static inline bool verge_cpu_has_skylakex(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
#else
  return false;
#endif
}
