// The register tile under gradients by the weights, for the file that includes this after train_tile_avx512.h.
//
// A tile is 8 outputs by V vectors of 16 words of the source. Each step, a pixel or two, adds the products of 8
// gradients that are broadcast and V vectors to all of its sums, which stay in registers over all rows.

/// Stores the sums of one output and vector, or adds them.
INLINE void put(float *part, __m512 sum, __mmask16 stored, bool adds) {
  if (adds) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(stored, part));
  _mm512_mask_storeu_ps(part, stored, sum);
}

/// Asks for the sums that will be added to.
INLINE void prefetch(const ck_train_products *to) {
  if (!to->adds) return;
  for (int32_t i = 0; i < 8; i++) {
    const float *part = to->part + i * to->part_stride;
    for (int32_t o = 0; o < to->run; o += 16) __builtin_prefetch(part + o, 1);
  }
}

INLINE void add_products(const ck_train_products *to, const int V) {
  const __mmask16 last = to->run % 16 ? 0xff : 0xffff;
  const ptrdiff_t step = to->step, gradient_step = to->gradient_step;
  __m512 acc[24];  // 8 * V
  UNROLL for (int i = 0; i < 8 * V; i++) acc[i] = _mm512_setzero_ps();
  prefetch(to);
  for (int32_t r = 0; r < to->row_count; r++) {
    const uint32_t *gradient = to->gradients[r] + to->gradient_offset;
    const uint32_t *src = to->sources[r] + to->offset;
    NO_UNROLL for (int32_t x = to->width; x > 0; x--, src += step, gradient += gradient_step) {
      __m512 b[CK_TRAIN_VECTORS];
      UNROLL for (int v = 0; v < V; v++) {
        b[v] = V == 1 ? _mm512_maskz_loadu_ps(last, src) : _mm512_loadu_ps(src + 16 * v);
      }
      UNROLL for (int i = 0; i < 8; i++) {
        const __m512 a = broadcast_word((const char *)(gradient + i));
        UNROLL for (int v = 0; v < V; v++) acc[i * V + v] = DOT(acc[i * V + v], a, b[v]);
      }
    }
  }
  UNROLL for (int i = 0; i < 8 * V; i++) {
    put(to->part + i / V * to->part_stride + i % V * 16, acc[i], i % V == V - 1 ? last : 0xffff, to->adds);
  }
}

/// The same for 24 words of the source: two outputs share a vector of the last 8.
INLINE void add_products24(const ck_train_products *to) {
  const ptrdiff_t step = to->step, gradient_step = to->gradient_step;
  __m512 acc[12];  // per pair of outputs the first 16 words of either, then the last 8 of both
  UNROLL for (int i = 0; i < 12; i++) acc[i] = _mm512_setzero_ps();
  prefetch(to);
  for (int32_t r = 0; r < to->row_count; r++) {
    const uint32_t *gradient = to->gradients[r] + to->gradient_offset;
    const uint32_t *src = to->sources[r] + to->offset;
    NO_UNROLL for (int32_t x = to->width; x > 0; x--, src += step, gradient += gradient_step) {
      const __m512 first = _mm512_loadu_ps(src);
      const __m512 second = _mm512_broadcast_f32x8(_mm256_loadu_ps((const float *)src + 16));
      UNROLL for (int i = 0; i < 4; i++) {
        const __m512 a = broadcast_word((const char *)(gradient + 2 * i));
        const __m512 b = broadcast_word((const char *)(gradient + 2 * i + 1));
        acc[3 * i] = DOT(acc[3 * i], a, first);
        acc[3 * i + 1] = DOT(acc[3 * i + 1], b, first);
        acc[3 * i + 2] = DOT(acc[3 * i + 2], _mm512_mask_blend_ps(0xff00, a, b), second);
      }
    }
  }
  UNROLL for (int i = 0; i < 8; i++) {
    float *part = to->part + i * to->part_stride;
    const __m512 both = acc[3 * (i / 2) + 2];
    put(part, acc[3 * (i / 2) + i % 2], 0xffff, to->adds);
    put(part + 16, i % 2 ? _mm512_shuffle_f32x4(both, both, 0x4e) : both, 0xff, to->adds);
  }
}

static void do_products(const ck_train_products *products) {
  switch ((products->run + 7) / 8) {
    case 1:
    case 2:
      add_products(products, 1);
      break;
    case 3:
      add_products24(products);
      break;
    case 4:
      add_products(products, 2);
      break;
    default:
      add_products(products, 3);
      break;
  }
}
