// How many multiply-accumulates a second DOT does on registers alone, for the file that includes this.

static int64_t peak(int64_t rounds) {
  enum { CHAINS = 24 };  // enough to hide the latency
  __m512 acc[CHAINS], a = _mm512_setzero_ps(), w = _mm512_setzero_ps();
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_setzero_ps();
  for (int64_t round = 0; round < rounds; round++) {
    __asm__ volatile("" : "+v"(a), "+v"(w));  // opaque: the products must be made anew in every round
    UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = DOT(acc[i], a, w);
  }
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" ::"v"(acc[i]));
  return rounds * CHAINS * 16 * kernel.pair;
}
