// Tier `neon`: how many multiply-accumulates a second sdot does on registers alone.
#include "neon.h"

#if CK_NEON
DOTPROD_BEGIN

int64_t ck_peak_neon(int64_t rounds) {
  enum { CHAINS = 16, MACS = 16 };  // chains enough to hide the latency of four pipes
  int32x4_t acc[CHAINS];
  int8x16_t a = vdupq_n_s8(3), w = vdupq_n_s8(-2);
  UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = vdupq_n_s32(0);
  for (int64_t round = 0; round < rounds; round++) {
    UNROLL for (int i = 0; i < CHAINS; i++) {
      __asm__ volatile("" : "+w"(a), "+w"(w));  // opaque: each product must be made anew
      acc[i] = vdotq_laneq_s32(acc[i], w, a, 0);
    }
  }
  UNROLL for (int i = 0; i < CHAINS; i++) __asm__ volatile("" ::"w"(acc[i]));
  return rounds * CHAINS * MACS;
}

DOTPROD_END
#endif
