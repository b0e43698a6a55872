// Tier `neon`: overlay blending, label counts and pooling.
//
// Blending looks keep and add up by label with byte tables of 32 labels, two registers each; a block with a label past
// them, such as 255 for ignore, goes to tier `c`.
#include "neon.h"

#if CK_NEON
DOTPROD_BEGIN

enum { TABLE_LABELS = 32, BLOCK = 16 };

/// The first 32 entries of keep and add, a table for each of their bytes. add = colour * alpha + 128 is below 2^24.
typedef struct byte_tables {
  uint8x16x2_t keep[2], add[3];
} byte_tables;

/// The structured loads take the bytes of an entry apart.
INLINE byte_tables load_tables(const uint16_t keep[256], const uint32_t add[256]) {
  byte_tables tables;
  UNROLL for (int half = 0; half < 2; half++) {
    const uint8x16x2_t keeps = vld2q_u8((const uint8_t *)(keep + 16 * half));
    const uint8x16x4_t adds = vld4q_u8((const uint8_t *)(add + 16 * half));
    UNROLL for (int byte = 0; byte < 2; byte++) tables.keep[byte].val[half] = keeps.val[byte];
    UNROLL for (int byte = 0; byte < 3; byte++) tables.add[byte].val[half] = adds.val[byte];
  }
  return tables;
}

/// Two bytes of the entries of 16 labels, as 16-bit values of the first and the last 8.
INLINE uint16x8x2_t look_up(uint8x16x2_t low_table, uint8x16x2_t high_table, uint8x16_t labels) {
  const uint8x16_t low = vqtbl2q_u8(low_table, labels), high = vqtbl2q_u8(high_table, labels);
  return (uint16x8x2_t){{vreinterpretq_u16_u8(vzip1q_u8(low, high)), vreinterpretq_u16_u8(vzip2q_u8(low, high))}};
}

void ck_blend_row_u8_neon(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                          const uint32_t add[256], size_t count) {
  const byte_tables tables = load_tables(keep, add);
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const uint8x16_t label = vld1q_u8(labels + i), sample = vld1q_u8(src + i);
    if (vmaxvq_u8(label) >= TABLE_LABELS) {
      ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, BLOCK);
      continue;
    }
    const uint16x8x2_t keeps = look_up(tables.keep[0], tables.keep[1], label);
    const uint16x8x2_t adds = look_up(tables.add[0], tables.add[1], label);
    const uint16x8_t low = vmlaq_u16(adds.val[0], vmovl_u8(vget_low_u8(sample)), keeps.val[0]);
    const uint16x8_t high = vmlaq_u16(adds.val[1], vmovl_high_u8(sample), keeps.val[1]);
    vst1q_u8(dst + i, vcombine_u8(vshrn_n_u16(low, 8), vshrn_n_u16(high, 8)));
  }
  ck_blend_row_u8_c(dst + i, src + i, labels + i, keep, add, count - i);
}

/// 8 blended samples; `high` is the third byte of their add.
INLINE uint16x8_t blended(uint16x8_t sample, uint16x8_t keep, uint16x8_t add, uint16x8_t high) {
  const uint32x4_t first = vreinterpretq_u32_u16(vzip1q_u16(add, high));
  const uint32x4_t second = vreinterpretq_u32_u16(vzip2q_u16(add, high));
  return vcombine_u16(vshrn_n_u32(vmlal_u16(first, vget_low_u16(sample), vget_low_u16(keep)), 8),
                      vshrn_n_u32(vmlal_high_u16(second, sample, keep), 8));
}

void ck_blend_row_u16_neon(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                           const uint32_t add[256], size_t count) {
  const byte_tables tables = load_tables(keep, add);
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const uint8x16_t label = vld1q_u8(labels + i);
    if (vmaxvq_u8(label) >= TABLE_LABELS) {
      ck_blend_row_u16_c(dst + i, src + i, labels + i, keep, add, BLOCK);
      continue;
    }
    const uint16x8x2_t keeps = look_up(tables.keep[0], tables.keep[1], label);
    const uint16x8x2_t adds = look_up(tables.add[0], tables.add[1], label);
    const uint8x16_t high = vqtbl2q_u8(tables.add[2], label);
    const uint16x8_t low = blended(vld1q_u16(src + i), keeps.val[0], adds.val[0], vmovl_u8(vget_low_u8(high)));
    vst1q_u16(dst + i + 8, blended(vld1q_u16(src + i + 8), keeps.val[1], adds.val[1], vmovl_high_u8(high)));
    vst1q_u16(dst + i, low);
  }
  ck_blend_row_u16_c(dst + i, src + i, labels + i, keep, add, count - i);
}

void ck_count_labels_neon(uint32_t counts[256], const uint8_t *labels, size_t count) {
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const uint8x16_t label = vld1q_u8(labels + i);
    if (vmaxvq_u8(label) == vminvq_u8(label)) {  // inside of an object, as most of a picture is
      counts[labels[i]] += BLOCK;
    } else {
      for (size_t k = 0; k < BLOCK; k++) counts[labels[i + k]]++;
    }
  }
  for (; i < count; i++) counts[labels[i]]++;
}

/// One pooled pixel.
INLINE void pool_pixel(uint8_t *out, const uint8_t *top, const uint8_t *bottom, ptrdiff_t step, int32_t channels) {
  int32_t c = 0;
  for (; c + 16 <= channels; c += 16) {
    const uint8x16_t left = vmaxq_u8(vld1q_u8(top + c), vld1q_u8(bottom + c));
    const uint8x16_t right = vmaxq_u8(vld1q_u8(top + step + c), vld1q_u8(bottom + step + c));
    vst1q_u8(out + c, vmaxq_u8(left, right));
  }
  for (; c < channels; c++) {
    const uint8_t left = top[c] > bottom[c] ? top[c] : bottom[c];
    const uint8_t right = top[step + c] > bottom[step + c] ? top[step + c] : bottom[step + c];
    out[c] = left > right ? left : right;
  }
}

void ck_pool_row_neon(const ck_conv_args *args, int32_t y, int32_t first, int32_t channels) {
  const ck_view *pooled = &args->pooled;
  const uint8_t *top = ck_pixel(&args->dst, 2 * y, 0) + first;
  uint8_t *out = ck_pixel(pooled, y, 0) + first;
  for (int32_t x = 0; x < pooled->width; x++, top += 2 * pooled->channels, out += pooled->channels) {
    pool_pixel(out, top, top + args->dst.row_stride, pooled->channels, channels);
  }
}

DOTPROD_END
#endif
