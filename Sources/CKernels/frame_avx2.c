// Tier `avx2`: overlay blending and pooling.
//
// Blending looks keep and add up by label with byte shuffles, which hold 16 labels; a block with a label past them,
// such as 255 for ignore, goes to tier `c`.
#include "avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

enum { TABLE_LABELS = 16 };

/// The low or the high bytes of 16 table entries below 2^16.
typedef struct byte_table {
  __m128i low, high;
} byte_table;

/// The 16-bit entries of 8 labels, from the low or the high half of `labels`.
static inline __m128i look_up(const byte_table *table, __m128i labels, bool high_half) {
  const __m128i low = _mm_shuffle_epi8(table->low, labels), high = _mm_shuffle_epi8(table->high, labels);
  return high_half ? _mm_unpackhi_epi8(low, high) : _mm_unpacklo_epi8(low, high);
}

/// 8 blended samples as u16. keep = 256 - alpha and add = colour * alpha + 128 keep every sum of 8-bit samples below
/// 2^16.
static inline __m128i blended(__m128i samples, __m128i keep, __m128i add) {
  return _mm_srli_epi16(_mm_add_epi16(_mm_mullo_epi16(samples, keep), add), 8);
}

void ck_blend_row_u8_avx2(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                          const uint32_t add[256], size_t count) {
  uint8_t bytes[4][TABLE_LABELS];
  for (int i = 0; i < TABLE_LABELS; i++) {
    bytes[0][i] = (uint8_t)keep[i], bytes[1][i] = (uint8_t)(keep[i] >> 8);
    bytes[2][i] = (uint8_t)add[i], bytes[3][i] = (uint8_t)(add[i] >> 8);
  }
  const byte_table keeps = {_mm_loadu_si128((const __m128i *)bytes[0]), _mm_loadu_si128((const __m128i *)bytes[1])};
  const byte_table adds = {_mm_loadu_si128((const __m128i *)bytes[2]), _mm_loadu_si128((const __m128i *)bytes[3])};
  const __m128i most = _mm_set1_epi8(TABLE_LABELS - 1), zero = _mm_setzero_si128();
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i label = _mm_loadu_si128((const __m128i *)(labels + i));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(label, most), most)) != 0xffff) {
      ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, 16);
      continue;
    }
    const __m128i sample = _mm_loadu_si128((const __m128i *)(src + i));
    const __m128i low =
        blended(_mm_unpacklo_epi8(sample, zero), look_up(&keeps, label, false), look_up(&adds, label, false));
    const __m128i high =
        blended(_mm_unpackhi_epi8(sample, zero), look_up(&keeps, label, true), look_up(&adds, label, true));
    _mm_storeu_si128((__m128i *)(dst + i), _mm_packus_epi16(low, high));
  }
  ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, count - i);
}

/// One pooled pixel.
static inline void pool_pixel(uint8_t *out, const uint8_t *top, const uint8_t *bottom, int32_t channels) {
  int32_t c = 0;
  for (; c + 16 <= channels; c += 16) {
    const __m128i left =
        _mm_max_epu8(_mm_loadu_si128((const __m128i *)(top + c)), _mm_loadu_si128((const __m128i *)(bottom + c)));
    const __m128i right = _mm_max_epu8(_mm_loadu_si128((const __m128i *)(top + channels + c)),
                                       _mm_loadu_si128((const __m128i *)(bottom + channels + c)));
    _mm_storeu_si128((__m128i *)(out + c), _mm_max_epu8(left, right));
  }
  for (; c < channels; c++) {
    const uint8_t left = top[c] > bottom[c] ? top[c] : bottom[c];
    const uint8_t right = top[channels + c] > bottom[channels + c] ? top[channels + c] : bottom[channels + c];
    out[c] = left > right ? left : right;
  }
}

void ck_pool_row_avx2(const ck_conv_args *args, int32_t y) {
  const ck_view *pooled = &args->pooled;
  const uint8_t *top = ck_pixel(&args->dst, 2 * y, 0);
  uint8_t *out = ck_pixel(pooled, y, 0);
  for (int32_t x = 0; x < pooled->width; x++, top += 2 * pooled->channels, out += pooled->channels) {
    pool_pixel(out, top, top + args->dst.row_stride, pooled->channels);
  }
}

#pragma clang attribute pop
#endif
