// Tier `avx2`: overlay blending and pooling.
//
// Blending looks keep and add up by label with byte shuffles, which hold 16 labels. A block of 16 samples with a label
// past them mostly has that label alone; where it has not, it goes to tier `c`.
#include "avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

enum { BLOCK = 16 };

/// The numbers of 16 labels, byte by byte.
typedef struct ck_bytes {
  __m128i keep[2], add[3];
} ck_bytes;

static inline ck_bytes bytes_of(const uint16_t keep[256], const uint32_t add[256]) {
  uint8_t parts[5][BLOCK];
  for (int i = 0; i < BLOCK; i++) {
    for (int b = 0; b < 2; b++) parts[b][i] = (uint8_t)(keep[i] >> 8 * b);
    for (int b = 0; b < 3; b++) parts[2 + b][i] = (uint8_t)(add[i] >> 8 * b);
  }
  ck_bytes bytes;
  for (int b = 0; b < 2; b++) bytes.keep[b] = _mm_loadu_si128((const __m128i *)parts[b]);
  for (int b = 0; b < 3; b++) bytes.add[b] = _mm_loadu_si128((const __m128i *)parts[2 + b]);
  return bytes;
}

/// keep and add of 16 samples, add in two parts of 16 bits.
typedef struct ck_mix {
  __m256i keep, add_low, add_high;
} ck_mix;

/// 16 words of which the low and the high byte are looked up.
static inline __m256i look_up(__m128i low, __m128i high, __m128i labels) {
  const __m256i words = _mm256_cvtepu8_epi16(_mm_shuffle_epi8(low, labels));
  return _mm256_or_si256(words, _mm256_slli_epi16(_mm256_cvtepu8_epi16(_mm_shuffle_epi8(high, labels)), 8));
}

/// The mix of 16 labels.
///
/// - Returns: false when they are neither all below 16 nor all the same; the mix is of no use then.
static inline bool mix_of(ck_mix *mix, const uint8_t *labels, const ck_bytes *bytes, const uint16_t keep[256],
                          const uint32_t add[256]) {
  const __m128i all = _mm_loadu_si128((const __m128i *)labels), most = _mm_set1_epi8(BLOCK - 1);
  if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(all, most), most)) == 0xffff) {
    const __m256i add_high = _mm256_cvtepu8_epi16(_mm_shuffle_epi8(bytes->add[2], all));
    *mix = (ck_mix){look_up(bytes->keep[0], bytes->keep[1], all), look_up(bytes->add[0], bytes->add[1], all), add_high};
    return true;
  }
  const uint8_t label = labels[0];
  *mix = (ck_mix){_mm256_set1_epi16((short)keep[label]), _mm256_set1_epi16((short)add[label]),
                  _mm256_set1_epi16((short)(add[label] >> 16))};
  return _mm_movemask_epi8(_mm_cmpeq_epi8(all, _mm_set1_epi8((char)label))) == 0xffff;
}

void ck_blend_row_u8_avx2(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                          const uint32_t add[256], size_t count) {
  const ck_bytes bytes = bytes_of(keep, add);
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    ck_mix mix;
    if (!mix_of(&mix, labels + i, &bytes, keep, add)) {
      ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, BLOCK);
      continue;
    }
    // keep = 256 - alpha and add = colour * alpha + 128 keep every sum of 8-bit samples below 2^16.
    const __m256i sample = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(src + i)));
    const __m256i sum = _mm256_add_epi16(_mm256_mullo_epi16(sample, mix.keep), mix.add_low);
    const __m256i blended = _mm256_srli_epi16(sum, 8);
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(blended, blended), _MM_SHUFFLE(3, 1, 2, 0));
    _mm_storeu_si128((__m128i *)(dst + i), _mm256_castsi256_si128(packed));
  }
  ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, count - i);
}

void ck_blend_row_u16_avx2(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                           const uint32_t add[256], size_t count) {
  const ck_bytes bytes = bytes_of(keep, add);
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    ck_mix mix;
    if (!mix_of(&mix, labels + i, &bytes, keep, add)) {
      ck_blend_row_u16_c(dst + i, src + i, labels + i, keep, add, BLOCK);
      continue;
    }
    const __m256i sample = _mm256_loadu_si256((const __m256i *)(src + i));
    const __m256i low = _mm256_mullo_epi16(sample, mix.keep), sum = _mm256_add_epi16(low, mix.add_low);
    // Where the sum of the low halves is less than one of them, it has a carry.
    const __m256i no_carry = _mm256_cmpeq_epi16(_mm256_max_epu16(sum, low), sum);
    const __m256i carry = _mm256_add_epi16(no_carry, _mm256_set1_epi16(1));
    const __m256i high = _mm256_add_epi16(_mm256_add_epi16(_mm256_mulhi_epu16(sample, mix.keep), mix.add_high), carry);
    const __m256i blended = _mm256_or_si256(_mm256_srli_epi16(sum, 8), _mm256_slli_epi16(high, 8));
    _mm256_storeu_si256((__m256i *)(dst + i), blended);
  }
  ck_blend_row_u16_c(dst + i, src + i, labels + i, keep, add, count - i);
}

/// One pooled pixel.
static inline void pool_pixel(uint8_t *out, const uint8_t *top, const uint8_t *bottom, ptrdiff_t step,
                              int32_t channels) {
  int32_t c = 0;
  for (; c + 16 <= channels; c += 16) {
    const __m128i left =
        _mm_max_epu8(_mm_loadu_si128((const __m128i *)(top + c)), _mm_loadu_si128((const __m128i *)(bottom + c)));
    const __m128i right = _mm_max_epu8(_mm_loadu_si128((const __m128i *)(top + step + c)),
                                       _mm_loadu_si128((const __m128i *)(bottom + step + c)));
    _mm_storeu_si128((__m128i *)(out + c), _mm_max_epu8(left, right));
  }
  for (; c < channels; c++) {
    const uint8_t left = top[c] > bottom[c] ? top[c] : bottom[c];
    const uint8_t right = top[step + c] > bottom[step + c] ? top[step + c] : bottom[step + c];
    out[c] = left > right ? left : right;
  }
}

void ck_pool_row_avx2(const ck_conv_args *args, int32_t y, int32_t first, int32_t channels) {
  const ck_view *pooled = &args->pooled;
  const uint8_t *top = ck_pixel(&args->dst, 2 * y, 0) + first;
  uint8_t *out = ck_pixel(pooled, y, 0) + first;
  for (int32_t x = 0; x < pooled->width; x++, top += 2 * pooled->channels, out += pooled->channels) {
    pool_pixel(out, top, top + args->dst.row_stride, pooled->channels, channels);
  }
}

#pragma clang attribute pop
#endif
