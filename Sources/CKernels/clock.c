// How many cycles a core does while work is timed, without asking the operating system.
#include "tables.h"
#include "unroll.h"

int64_t ck_dependent_adds(int64_t rounds) {
  enum { ADDS = 32 };  // the loop's own instructions run beside the chain
  uint64_t sum = 0, addend = 3;
  for (int64_t round = 0; round < rounds; round++) {
    // Opaque: each sum waits for the last one. A register is added since some cores fold constants while they rename.
    UNROLL for (int i = 0; i < ADDS; i++) {
      __asm__ volatile("" : "+r"(sum), "+r"(addend));
      sum += addend;
    }
  }
  __asm__ volatile("" ::"r"(sum));
  return rounds * ADDS;
}
