// Tier `c`: how many multiply-accumulates a second the compiler's own vectors do on the first-level cache.
#include "tables.h"

int64_t ck_peak_c(int64_t rounds) {
  enum { PAIRS = 64 };  // of 16-bit products: the form that compilers have an instruction for
  int16_t src[2 * PAIRS], weights[2 * PAIRS];
  int32_t acc[PAIRS] = {0};
  for (int32_t i = 0; i < 2 * PAIRS; i++) src[i] = (int16_t)i, weights[i] = (int16_t)(i - PAIRS);
  for (int64_t round = 0; round < rounds; round++) {
    for (int32_t i = 0; i < PAIRS; i++) {
      const int32_t pair = src[2 * i] * weights[2 * i] + src[2 * i + 1] * weights[2 * i + 1];
      acc[i] = (int32_t)((uint32_t)acc[i] + (uint32_t)pair);
    }
    __asm__ volatile("" : "+m"(src), "+m"(weights));  // opaque: the products must be made anew in every round
  }
  __asm__ volatile("" ::"m"(acc));
  return rounds * 2 * PAIRS;
}
