// Tier `avx512vnni`: overlay blending and pooling.
//
// Blending looks keep and add up by label with permutations of registers: one where all labels of a block are below 64,
// four otherwise.
#include "avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

enum { BLOCK = 32, FEW_LABELS = 64 };

/// A number of 16 bits for each label.
typedef struct ck_words {
  __m512i parts[8];
} ck_words;

/// The low or, from bit 16 on, the high halves of 256 numbers.
static inline ck_words halves_of(const uint32_t *numbers, unsigned shift) {
  ck_words words;
  for (int i = 0; i < 8; i++) {
    const __m512i low = _mm512_srli_epi32(_mm512_loadu_si512(numbers + 32 * i), shift);
    const __m512i high = _mm512_srli_epi32(_mm512_loadu_si512(numbers + 32 * i + 16), shift);
    words.parts[i] =
        _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(low)), _mm512_cvtepi32_epi16(high), 1);
  }
  return words;
}

static inline ck_words words_of(const uint16_t *numbers) {
  ck_words words;
  for (int i = 0; i < 8; i++) words.parts[i] = _mm512_loadu_si512(numbers + 32 * i);
  return words;
}

/// The numbers of 32 labels, u16 each.
static inline __m512i look_up(const ck_words *words, __m512i labels, bool are_few) {
  const __m512i *parts = words->parts;
  const __m512i first = _mm512_permutex2var_epi16(parts[0], labels, parts[1]);
  if (are_few) return first;
  // A permutation looks at the lowest six bits of a label; the other two choose among four.
  const __mmask32 odd = _mm512_test_epi16_mask(labels, _mm512_set1_epi16(64));
  const __mmask32 upper = _mm512_test_epi16_mask(labels, _mm512_set1_epi16(128));
  const __m512i second = _mm512_permutex2var_epi16(parts[2], labels, parts[3]);
  const __m512i third = _mm512_permutex2var_epi16(parts[4], labels, parts[5]);
  const __m512i fourth = _mm512_permutex2var_epi16(parts[6], labels, parts[7]);
  return _mm512_mask_blend_epi16(upper, _mm512_mask_blend_epi16(odd, first, second),
                                 _mm512_mask_blend_epi16(odd, third, fourth));
}

static inline bool are_few(__m256i labels) { return !_mm256_cmpge_epu8_mask(labels, _mm256_set1_epi8(FEW_LABELS)); }

void ck_blend_row_u8_avx512vnni(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                                const uint32_t add[256], size_t count) {
  const ck_words keeps = words_of(keep), adds = halves_of(add, 0);
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)(labels + i));
    const __m512i label = _mm512_cvtepu8_epi16(bytes);
    const bool few = are_few(bytes);
    // keep = 256 - alpha and add = colour * alpha + 128 keep every sum of 8-bit samples below 2^16.
    const __m512i sample = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(src + i)));
    const __m512i kept = _mm512_mullo_epi16(sample, look_up(&keeps, label, few));
    const __m512i sum = _mm512_add_epi16(kept, look_up(&adds, label, few));
    _mm256_storeu_si256((__m256i *)(dst + i), _mm512_cvtepi16_epi8(_mm512_srli_epi16(sum, 8)));
  }
  ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, count - i);
}

void ck_blend_row_u16_avx512vnni(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                                 const uint32_t add[256], size_t count) {
  const ck_words keeps = words_of(keep), adds_low = halves_of(add, 0), adds_high = halves_of(add, 16);
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)(labels + i));
    const __m512i label = _mm512_cvtepu8_epi16(bytes);
    const bool few = are_few(bytes);
    const __m512i sample = _mm512_loadu_si512(src + i), kept = look_up(&keeps, label, few);
    const __m512i low = _mm512_mullo_epi16(sample, kept);
    const __m512i sum = _mm512_add_epi16(low, look_up(&adds_low, label, few));
    const __m512i high = _mm512_add_epi16(_mm512_mulhi_epu16(sample, kept), look_up(&adds_high, label, few));
    // Where the sum of the low halves is less than one of them, it has a carry.
    const __mmask32 carry = _mm512_cmplt_epu16_mask(sum, low);
    const __m512i carried = _mm512_mask_add_epi16(high, carry, high, _mm512_set1_epi16(1));
    _mm512_storeu_si512(dst + i, _mm512_or_si512(_mm512_srli_epi16(sum, 8), _mm512_slli_epi16(carried, 8)));
  }
  ck_blend_row_u16_c(dst + i, src + i, labels + i, keep, add, count - i);
}

/// The maximum of two neighbours in two rows, the bytes that `mask` selects.
static inline __m512i pool_masked(const uint8_t *top, const uint8_t *bottom, ptrdiff_t step, __mmask64 mask) {
  const __m512i left = _mm512_max_epu8(_mm512_maskz_loadu_epi8(mask, top), _mm512_maskz_loadu_epi8(mask, bottom));
  const __m512i right =
      _mm512_max_epu8(_mm512_maskz_loadu_epi8(mask, top + step), _mm512_maskz_loadu_epi8(mask, bottom + step));
  return _mm512_max_epu8(left, right);
}

void ck_pool_row_avx512vnni(const ck_conv_args *args, int32_t y, int32_t first, int32_t channels) {
  const ck_view *pooled = &args->pooled;
  const uint8_t *top = ck_pixel(&args->dst, 2 * y, 0) + first, *bottom = top + args->dst.row_stride;
  uint8_t *out = ck_pixel(pooled, y, 0) + first;
  const ptrdiff_t step = pooled->channels;
  for (int32_t x = 0; x < pooled->width; x++, top += 2 * step, bottom += 2 * step, out += step) {
    for (int32_t c = 0; c < channels; c += 64) {
      const __mmask64 mask = channels - c >= 64 ? ~0ull : ~0ull >> (64 - (channels - c));
      _mm512_mask_storeu_epi8(out + c, mask, pool_masked(top + c, bottom + c, step, mask));
    }
  }
}

#pragma clang attribute pop
#endif
