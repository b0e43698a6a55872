// Tier `avx2`: how many multiply-accumulates a second its instructions do on registers alone, when all weights are
// small enough for groups of four vpmaddubsw to a vpmaddwd. With groups of three, which trained weights mostly allow,
// it is 15/16 of that, with groups of one, which any weights allow, 5/8.
#include "avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

int64_t ck_peak_avx2(int64_t rounds) {
  enum { CHAINS = 8, MACS = 128 };
  __m256i acc[CHAINS], a = _mm256_set1_epi32(0x01020304), w = _mm256_set1_epi32(0x04030201);
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm256_setzero_si256();
  for (int64_t round = 0; round < rounds; round++) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {
      __m256i sum = _mm256_maddubs_epi16(a, w);
      _Pragma("clang loop unroll(full)") for (int k = 1; k < 4; k++) {
        __asm__ volatile("" : "+x"(a));  // opaque: each product must be made anew
        sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(a, w));
      }
      acc[i] = _mm256_add_epi32(acc[i], _mm256_madd_epi16(sum, _mm256_set1_epi16(1)));
    }
  }
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" ::"x"(acc[i]));
  return rounds * CHAINS * MACS;
}

#pragma clang attribute pop
#endif
