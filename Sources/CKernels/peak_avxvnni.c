// Tier `avxvnni`: how many multiply-accumulates a second vpdpbusd does on registers of 256 bits alone.
#include "avxvnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

int64_t ck_peak_avxvnni(int64_t rounds) {
  enum { CHAINS = 12, MACS = 32 };  // chains enough to hide the latency
  __m256i acc[CHAINS], a = _mm256_set1_epi32(0x01020304), w = _mm256_set1_epi32(0x01010101);
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm256_setzero_si256();
  for (int64_t round = 0; round < rounds; round++) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {
      acc[i] = _mm256_dpbusd_avx_epi32(acc[i], a, w);
      __asm__ volatile("" : "+x"(acc[i]));
    }
  }
  return rounds * CHAINS * MACS;
}

#pragma clang attribute pop
#endif
