// Tier `avx2`: how many multiply-accumulates a second vpmaddwd and vpaddd do on registers alone.
#include "avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

int64_t ck_peak_avx2(int64_t rounds) {
  enum { CHAINS = 12, MACS = 16 };  // chains enough to hide the latency
  __m256i acc[CHAINS], a = _mm256_set1_epi32(0x00010002), w = _mm256_set1_epi32(0x00030004);
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm256_setzero_si256();
  for (int64_t round = 0; round < rounds; round++) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {
      __asm__ volatile("" : "+x"(a));  // opaque: each product must be made anew
      acc[i] = _mm256_add_epi32(acc[i], _mm256_madd_epi16(a, w));
    }
  }
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" ::"x"(acc[i]));
  return rounds * CHAINS * MACS;
}

#pragma clang attribute pop
#endif
