// Tier `c`: how many multiply-accumulates a second the core does on registers alone.
#include "tables.h"

int64_t ck_peak_c(int64_t rounds) {
  int32_t acc[16] = {0}, weights[16];
  for (int32_t i = 0; i < 16; i++) weights[i] = i - 8;
  for (int64_t round = 0; round < rounds; round++) {
    for (int32_t i = 0; i < 16; i++) acc[i] = (int32_t)((uint32_t)acc[i] + (uint32_t)(weights[i] * weights[15 - i]));
    // An opaque use: the products must be made anew in every round.
    for (int32_t i = 0; i < 16; i++) __asm__ volatile("" : "+r"(weights[i]), "+r"(acc[i]));
  }
  return rounds * 16;
}
