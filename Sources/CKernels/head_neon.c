// Tier `neon`: the head, 16 pixels at a time with a pixel in each lane, so that the argmax is a compare per class.
#include <string.h>

#include "neon.h"

#if CK_NEON
DOTPROD_BEGIN

// Packed: [group of 4 classes](header)[step][class][4 channels], as a block of one vector of convolution outputs, and
// then what tier `c` packs, for what falls back on it.

/// Most runs of 4 channels that a tile holds: 256 channels.
enum { MOST_STEPS = 64, PIXELS = 16, GROUP = 4, QUADS = PIXELS / 4 };

/// Packed bytes of one group of classes.
static size_t group_size(int32_t c) { return (size_t)GROUP * (sizeof(int32_t) + (size_t)c); }

static size_t groups_size(int32_t c, int32_t classes) {
  return (size_t)((classes + GROUP - 1) / GROUP) * group_size(c);
}

size_t ck_head_packed_size_neon(int32_t c, int32_t classes) {
  return groups_size(c, classes) + ck_head_packed_size_c(c, classes);
}

void ck_head_pack_neon(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t classes) {
  memset(packed, 0, groups_size(c, classes));
  ck_head_pack_c(packed + groups_size(c, classes), weights, logical, c, classes);
  for (int32_t first = 0; first < classes; first += GROUP, packed += group_size(c)) {
    const int32_t count = classes - first < GROUP ? classes - first : GROUP;
    for (int32_t i = 0; i < logical; i += 4) {
      ck_pack_step_neon(packed + 16 + 4 * i, weights + (ptrdiff_t)first * logical + i, logical, count, 1,
                        logical - i < 4 ? logical - i : 4);
    }
    ck_pack_header_neon(packed, c / 4, 1);
  }
}

/// One step of 16 pixels: 4 vectors with 4 channels of a pixel in each lane.
typedef struct column {
  int8x16_t quad[QUADS];
} column;

/// 4 pixels by 16 channels to quad `q` of four columns.
INLINE void transpose16(column *columns, const uint8_t *src, ptrdiff_t channels, const int q) {
  int32x4_t r[4];
  UNROLL for (int i = 0; i < 4; i++) r[i] = vreinterpretq_s32_s8(load_flipped(src + i * channels));
  const int64x2_t even01 = vreinterpretq_s64_s32(vtrn1q_s32(r[0], r[1]));
  const int64x2_t odd01 = vreinterpretq_s64_s32(vtrn2q_s32(r[0], r[1]));
  const int64x2_t even23 = vreinterpretq_s64_s32(vtrn1q_s32(r[2], r[3]));
  const int64x2_t odd23 = vreinterpretq_s64_s32(vtrn2q_s32(r[2], r[3]));
  columns[0].quad[q] = vreinterpretq_s8_s64(vtrn1q_s64(even01, even23));
  columns[1].quad[q] = vreinterpretq_s8_s64(vtrn1q_s64(odd01, odd23));
  columns[2].quad[q] = vreinterpretq_s8_s64(vtrn2q_s64(even01, even23));
  columns[3].quad[q] = vreinterpretq_s8_s64(vtrn2q_s64(odd01, odd23));
}

/// All channels of 16 pixels. A last run of less than 16 channels reads on into the bytes that follow, at most 12 past
/// the last pixel, and leaves up to 3 columns that nobody looks at.
INLINE void load_columns(column *columns, const uint8_t *src, int32_t channels) {
  for (int32_t c = 0; c < channels; c += 16) {
    UNROLL for (int q = 0; q < QUADS; q++) transpose16(columns + c / 4, src + 4 * q * channels + c, channels, q);
  }
}

/// Accumulators of a group's 4 classes for 16 pixels: 16 of them, with 4 columns and a weight vector of 4 classes, are
/// a tile of 5 loads per 16 sdots.
INLINE void group_sums(int32x4_t *acc, const int8_t *group, const int32_t *bias, const column *columns, int32_t steps) {
  const int32x4_t start = vaddq_s32(vld1q_s32(bias), vreinterpretq_s32_s8(vld1q_s8(group)));
  UNROLL for (int q = 0; q < QUADS; q++) {
    acc[q] = vdupq_laneq_s32(start, 0), acc[4 + q] = vdupq_laneq_s32(start, 1);
    acc[8 + q] = vdupq_laneq_s32(start, 2), acc[12 + q] = vdupq_laneq_s32(start, 3);
  }
  for (int32_t s = 0; s < steps; s++) {
    const int8x16_t w = vld1q_s8(group + 16 * (s + 1));
    UNROLL for (int k = 0; k < GROUP; k++) {
      UNROLL for (int q = 0; q < QUADS; q++) acc[4 * k + q] = dot_lane(acc[4 * k + q], columns[s].quad[q], w, k);
    }
  }
}

/// The best scores so far of 16 pixels and their classes.
typedef struct winners {
  float32x4_t score[QUADS];
  uint32x4_t label[QUADS];
} winners;

/// Lets class k compete. Strictly greater: the lowest class keeps a tie.
INLINE void compete(winners *best, const int32x4_t *acc, float multiplier, int32_t k) {
  UNROLL for (int q = 0; q < QUADS; q++) {
    const float32x4_t score = vmulq_n_f32(vcvtq_f32_s32(acc[q]), multiplier);
    const uint32x4_t better = vcgtq_f32(score, best->score[q]);
    best->score[q] = vbslq_f32(better, score, best->score[q]);
    best->label[q] = vbslq_u32(better, vdupq_n_u32((uint32_t)k), best->label[q]);
  }
}

/// Labels of 16 pixels.
INLINE void label_tile(const ck_head_args *args, const uint8_t *src, uint8_t *labels) {
  column columns[MOST_STEPS + 3];
  winners best;
  const int32_t channels = args->src.channels;
  const int8_t *group = args->weights;
  load_columns(columns, src, channels);
  UNROLL for (int q = 0; q < QUADS; q++) best.score[q] = vdupq_n_f32(-INFINITY), best.label[q] = vdupq_n_u32(0);
  for (int32_t first = 0; first < args->classes; first += GROUP, group += group_size(channels)) {
    int32x4_t acc[GROUP * QUADS];
    group_sums(acc, group, args->bias + first, columns, channels / 4);
    UNROLL for (int k = 0; k < GROUP; k++) {
      if (first + k < args->classes) compete(&best, acc + QUADS * k, args->multiplier[first + k], first + k);
    }
  }
  const uint16x8_t low = vcombine_u16(vmovn_u32(best.label[0]), vmovn_u32(best.label[1]));
  const uint16x8_t high = vcombine_u16(vmovn_u32(best.label[2]), vmovn_u32(best.label[3]));
  vst1q_u8(labels, vcombine_u8(vmovn_u16(low), vmovn_u16(high)));
}

void ck_head_argmax_u8s8_neon(const ck_head_args *args) {
  const int32_t width = args->src.width, channels = args->src.channels;
  if (args->logits || args->confidence || width < PIXELS || channels > 4 * MOST_STEPS) {
    ck_head_args plain = *args;
    plain.weights += groups_size(channels, args->classes);
    ck_head_argmax_u8s8_c(&plain);
    return;
  }
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    uint8_t *labels = args->labels + y * args->labels_stride;
    for (int32_t x = 0; x < width; x += PIXELS) {
      // The last tile reaches back over pixels that are done: they get the same labels again.
      const int32_t from = x + PIXELS <= width ? x : width - PIXELS;
      label_tile(args, ck_pixel(&args->src, y, from), labels + from);
    }
  }
}

DOTPROD_END
#endif
