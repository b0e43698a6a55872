// Tier `avx512vnni`: how many multiply-accumulates a second vpdpbusd does on registers alone.
#include "avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

int64_t ck_peak_avx512vnni(int64_t rounds) {
  enum { CHAINS = 24, MACS = 64 };  // chains enough to hide the latency
  __m512i acc[CHAINS], a = _mm512_set1_epi32(0x01020304), w = _mm512_set1_epi32(0x04030201);
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_setzero_si512();
  for (int64_t round = 0; round < rounds; round++) {
    __asm__ volatile("" : "+v"(a), "+v"(w));  // opaque: the products must be made anew in every round
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_dpbusd_epi32(acc[i], a, w);
  }
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" ::"v"(acc[i]));
  return rounds * CHAINS * MACS;
}

#pragma clang attribute pop
#endif
