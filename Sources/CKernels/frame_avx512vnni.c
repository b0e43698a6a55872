// Tier `avx512vnni`: overlay blending and pooling.
//
// Blending looks keep and add up by label with a permutation of registers, which holds 32 labels; a block with a label
// past them, such as 255 for ignore, goes to tier `c`.
#include "avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

enum { TABLE_LABELS = 32 };

void ck_blend_row_u8_avx512vnni(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                                const uint32_t add[256], size_t count) {
  const __m512i keep_table = _mm512_loadu_si512(keep);
  // keep = 256 - alpha and add = colour * alpha + 128 keep every sum of 8-bit samples below 2^16.
  const __m512i add_table = _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(_mm512_loadu_si512(add))),
                                               _mm512_cvtepi32_epi16(_mm512_loadu_si512(add + 16)), 1);
  const __m256i most = _mm256_set1_epi8(TABLE_LABELS - 1);
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m256i label = _mm256_loadu_si256((const __m256i *)(labels + i));
    if (_mm256_cmpgt_epu8_mask(label, most)) {
      ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, 32);
      continue;
    }
    const __m512i index = _mm512_cvtepu8_epi16(label);
    const __m512i sample = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(src + i)));
    const __m512i kept = _mm512_mullo_epi16(sample, _mm512_permutexvar_epi16(index, keep_table));
    const __m512i sum = _mm512_add_epi16(kept, _mm512_permutexvar_epi16(index, add_table));
    _mm256_storeu_si256((__m256i *)(dst + i), _mm512_cvtepi16_epi8(_mm512_srli_epi16(sum, 8)));
  }
  ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, count - i);
}

void ck_blend_row_u16_avx512vnni(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                                 const uint32_t add[256], size_t count) {
  const __m512i keep_low = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)keep));
  const __m512i keep_high = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(keep + 16)));
  const __m512i add_low = _mm512_loadu_si512(add), add_high = _mm512_loadu_si512(add + 16);
  const __m128i most = _mm_set1_epi8(TABLE_LABELS - 1);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i label = _mm_loadu_si128((const __m128i *)(labels + i));
    if (_mm_cmpgt_epu8_mask(label, most)) {
      ck_blend_row_u16_c(dst + i, src + i, labels + i, keep, add, 16);
      continue;
    }
    const __m512i index = _mm512_cvtepu8_epi32(label);
    const __m512i sample = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(src + i)));
    const __m512i kept = _mm512_mullo_epi32(sample, _mm512_permutex2var_epi32(keep_low, index, keep_high));
    const __m512i sum = _mm512_add_epi32(kept, _mm512_permutex2var_epi32(add_low, index, add_high));
    _mm256_storeu_si256((__m256i *)(dst + i), _mm512_cvtepi32_epi16(_mm512_srli_epi32(sum, 8)));
  }
  ck_blend_row_u16_c(dst + i, src + i, labels + i, keep, add, count - i);
}

/// The maximum of two neighbours in two rows, the bytes that `mask` selects.
static inline __m512i pool_masked(const uint8_t *top, const uint8_t *bottom, ptrdiff_t channels, __mmask64 mask) {
  const __m512i left = _mm512_max_epu8(_mm512_maskz_loadu_epi8(mask, top), _mm512_maskz_loadu_epi8(mask, bottom));
  const __m512i right =
      _mm512_max_epu8(_mm512_maskz_loadu_epi8(mask, top + channels), _mm512_maskz_loadu_epi8(mask, bottom + channels));
  return _mm512_max_epu8(left, right);
}

void ck_pool_row_avx512vnni(const ck_conv_args *args, int32_t y) {
  const ck_view *pooled = &args->pooled;
  const uint8_t *top = ck_pixel(&args->dst, 2 * y, 0), *bottom = top + args->dst.row_stride;
  uint8_t *out = ck_pixel(pooled, y, 0);
  const int32_t channels = pooled->channels;
  for (int32_t x = 0; x < pooled->width; x++, top += 2 * channels, bottom += 2 * channels, out += channels) {
    for (int32_t c = 0; c < channels; c += 64) {
      const __mmask64 mask = channels - c >= 64 ? ~0ull : ~0ull >> (64 - (channels - c));
      _mm512_mask_storeu_epi8(out + c, mask, pool_masked(top + c, bottom + c, channels, mask));
    }
  }
}

#pragma clang attribute pop
#endif
