// The int8 kernels of the U-Net and of the frame path: views, arguments, one function table per CPU tier. Those of
// training are in cktrain.h.
//
// Activations are u8 NHWC, real = scale * (q - zero_point). Weights are s8, one scale per output channel. Accumulators
// are s32 and exact. Tier `c` is the reference; every other tier gives the same bytes. Nothing here allocates, locks or
// fails.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// CPU levels, lowest first.
typedef enum ck_tier {
  CK_TIER_C = 0,
  CK_TIER_AVX2 = 1,
  CK_TIER_AVXVNNI = 2,
  CK_TIER_AVX512VNNI = 3,
  CK_TIER_NEON = 4,
} ck_tier;

/// Whether this CPU (and operating system) can run `tier`.
bool ck_tier_supported(ck_tier tier);

/// One u8 activation [height, width, channels] in memory, with a readable border of one pixel on all four sides.
///
/// `data` points at pixel (0, 0); pixel (y, x) is at data + y * row_stride + x * channels for y in -1...height and
/// x in -1...width. The border holds the tensor's zero point. `channels` is the stored count, a multiple of 4; channels
/// past the logical count meet zero weights. Up to 64 bytes past the last border pixel may be read.
typedef struct ck_view {
  uint8_t *data;
  ptrdiff_t row_stride;  ///< bytes, >= (width + 2) * channels
  int32_t height, width;
  int32_t channels;
} ck_view;

/// The arguments of a convolution; which fields a kernel reads is said at the kernel.
typedef struct ck_conv_args {
  ck_view src[2];  ///< the source, or the two that are read as one with concatenated channels; src[1].data may be NULL
  const int8_t *weights;    ///< packed by the same tier's pack function, 64-byte aligned
  const int32_t *bias;      ///< [out_channels rounded up to 16], zero-point terms folded in; 0 past the logical count
  const float *multiplier;  ///< [out_channels rounded up to 16]; 0 past the logical count
  int32_t in_channels;      ///< logical, of src[0]: as it was packed
  int32_t out_channels;     ///< logical
  int32_t zero_point;       ///< of the output; 0 makes the clamp the ReLU
  ck_view dst;              ///< interior written, border untouched; channels past the logical count get zero_point
  ck_view pooled;           ///< 2x2 stride-2 maximum of dst, or data == NULL
  int32_t row_begin, row_end;      ///< the rows to do, in dst rows (conv) or src rows (upconv); even when pooled
  int32_t block_begin, block_end;  ///< the blocks of outputs to do, see ck_block_count; an end of 0 means all
} ck_conv_args;

/// The most channels, of both sources together, that a Winograd convolution reads.
enum { CK_WINOGRAD_CHANNELS = 1024 };

/// How one source of a Winograd convolution enters the transform domain.
typedef struct ck_winograd_source {
  int32_t zero_point;  ///< of the source's codes
  int16_t scale[16];   ///< per tap 4 * i + j, in 1/32768: what brings the transformed value into 8 bits; 1...32767
} ck_winograd_source;

/// A 3x3 convolution of stride 1 as Winograd's F(2x2, 3x3): 16 products where the window has 36.
///
/// For each window of 4x4 codes d - zero_point at (2y-1, 2x-1), with every channel by itself:
///   x = B' (d - zero_point) B, in integers, B' = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1]
///   v[t] = clamp(((x[t] * scale[t] + 2^14) >> 15) - centre[t], -128, 127)
/// where centre[t] is 128 for the sum of four codes without negative values (t = 5, zero_point 0) and 0 elsewhere. Then
///   m[t, o] = sum over channels of v[t] * weights[t, o], y = A' m A + bias, A' = [1 1 1 0; 0 1 -1 -1]
/// are the accumulators of the outputs (2y, 2x), (2y, 2x+1), (2y+1, 2x), (2y+1, 2x+1), exact in s32. All taps of an
/// output share one unit, so that no product needs a multiplier of its own.
/// Source: Lavin and Gray 2016, sec. 4.1; per-tap scales as in Andri et al. 2022.
typedef struct ck_winograd_args {
  /// As in a direct convolution, but for the rows, which are not read. The weights are s8 [out_channels, 4, 4,
  /// channels], packed.
  ck_conv_args conv;
  ck_winograd_source source[2];
  /// The tiles to do, windows of 2x2 outputs counted along the rows of tiles: (width + 1) / 2 to a row.
  int32_t tile_begin, tile_end;
} ck_winograd_args;

/// The arguments of the head: 1x1 convolution, argmax, and on demand how sure it is.
typedef struct ck_head_args {
  ck_view src;
  const int8_t *weights;        ///< packed
  const int32_t *bias;          ///< [classes rounded up to 16]
  const float *multiplier;      ///< [classes rounded up to 16]: real value of one accumulator unit
  int32_t classes;              ///< 1...255
  uint8_t *labels;              ///< [height, width], index of the largest score, the lowest one on ties
  ptrdiff_t labels_stride;      ///< bytes
  float *logits;                ///< NULL, or [height, width, classes] scores
  uint8_t *confidence;          ///< NULL, which costs nothing, or [height, width], as ck_confidence has it
  ptrdiff_t confidence_stride;  ///< bytes
  int32_t row_begin, row_end;
} ck_head_args;

/// s32 accumulator to u8: the one definition of requantisation.
///
/// q = clamp(round_half_even(acc * multiplier) + zero_point, 0, 255), in single precision, without fused multiply-add.
/// Source: Jacob et al. 2018, eq. 4, with a float multiplier.
static inline uint8_t ck_requantize(int32_t acc, float multiplier, int32_t zero_point) {
  float scaled = (float)acc * multiplier;
  scaled = scaled < 512.0f ? scaled : 512.0f;
  scaled = scaled > -512.0f ? scaled : -512.0f;
  int32_t q = (int32_t)lrintf(scaled) + zero_point;
  return (uint8_t)(q < 0 ? 0 : q > 255 ? 255 : q);
}

/// The numbers of ck_exp. The polynomial's were fitted for the least relative error over -0.5...0.5, 9.2e-8.
#define CK_EXP_LOG2_E 0x1.715476p0f
#define CK_EXP_1 0x1.62e42ap-1f
#define CK_EXP_2 0x1.ebf9bcp-3f
#define CK_EXP_3 0x1.c6b752p-5f
#define CK_EXP_4 0x1.3cea88p-7f
#define CK_EXP_5 0x1.5bba14p-10f

/// e to the power of x, x <= 0: the one definition of the exponential, in single precision, without fused multiply-add.
///
/// With t = max(x / ln 2, -126), n the nearest whole number (half to even) and f = t - n: 2^n times a polynomial of
/// degree 5 for 2^f, which is 1 at 0. The relative error is below 2e-7 + 2e-7 |x| down to x = -87, where values no
/// longer matter.
static inline float ck_exp(float x) {
  float t = x * CK_EXP_LOG2_E;
  t = t > -126.0f ? t : -126.0f;
  const int32_t n = (int32_t)lrintf(t);
  const float f = t - (float)n;
  float power = CK_EXP_5;
  power = power * f + CK_EXP_4;
  power = power * f + CK_EXP_3;
  power = power * f + CK_EXP_2;
  power = power * f + CK_EXP_1;
  power = power * f + 1.0f;
  const union {
    int32_t bits;
    float value;
  } scale = {(n + 127) * (1 << 23)};
  return power * scale.value;
}

/// How sure a pixel's label is: round_half_even(255 * p), where p = 1 / sum over k of exp(score[k] - best) is the
/// largest probability of the softmax. The one definition: terms in single precision, added in the order of the
/// classes.
static inline uint8_t ck_confidence(const float *scores, int32_t classes, float best) {
  float sum = 0;
  for (int32_t k = 0; k < classes; k++) sum += ck_exp(scores[k] - best);
  return (uint8_t)lrintf(255.0f / sum);
}

/// How the samples along one axis of a plane become fewer: output i is the sum of weights[i * taps + k] times source
/// first[i] + k over k. The weights of an output add up to 2^14 and none is negative; those past the source's end are
/// 0.
typedef struct ck_scale_axis {
  const uint16_t *first;   ///< [outputs], never falling
  const int16_t *weights;  ///< [outputs, taps]
  int32_t taps;            ///< 4, 8, 12 or 16
} ck_scale_axis;

/// R = luma * Y + red_v * V + red and so on, in units of 2^-20: samples in 2^-7, coefficients in 2^-13.
typedef struct ck_scale_color {
  int32_t luma, red_v, green_u, green_v, blue_u;  ///< below 2^15 in size
  int32_t red, green, blue;                       ///< what zero samples are, with 2^19 for rounding
} ck_scale_color;

/// Elements that a line of ck_scale_args has room for past its samples.
#define CK_SCALE_PADDING 64

/// The arguments of the scaling of planar Y, U, V to RGB; index 0 of an axis is for luma, 1 for both chroma planes.
typedef struct ck_scale_args {
  const uint8_t *src[3];  ///< Y, U, V
  ptrdiff_t src_stride[3];
  int32_t src_width[2];
  ck_scale_axis across[2], down[2];
  ck_scale_color color;
  int32_t width, height;  ///< of dst
  uint8_t *dst;           ///< [height, width, 4]: R, G, B, 0
  ptrdiff_t dst_stride;
  int16_t *tall;     ///< room for the longest source line and CK_SCALE_PADDING, overwritten
  int16_t *line[3];  ///< room for width and CK_SCALE_PADDING each, overwritten
} ck_scale_args;

/// The kernels of one tier. Names: ck_<op>_<activation><weight>_<tier>.
typedef struct ck_table {
  ck_tier tier;
  /// Outputs that a convolution makes at once; what more there are can be split over threads. 0: cannot be split.
  int32_t block;

  /// Bytes that a packed 3x3 weight takes; c0, c1: stored channels of the two sources (c1 = 0 for one).
  size_t (*conv3x3_packed_size)(int32_t c0, int32_t c1, int32_t out_channels);
  /// Packs weights s8 [out_channels, 3, 3, logical0 + logical1] for this tier.
  void (*conv3x3_pack)(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                       int32_t c1, int32_t out_channels);
  /// 3x3 convolution, stride 1: dst (and pooled) = requantize(bias + sum of src * weights).
  void (*conv3x3)(const ck_conv_args *args);
  /// The same with stride 2: output (y, x) reads source rows 2y-1...2y+1 and columns 2x-1...2x+1; one source, no
  /// pooling.
  void (*conv3x3_stride2)(const ck_conv_args *args);

  /// 3x3 convolution, stride 1, in the transform domain; see ck_winograd_args. c0 + c1 <= CK_WINOGRAD_CHANNELS.
  size_t (*winograd3x3_packed_size)(int32_t c0, int32_t c1, int32_t out_channels);
  void (*winograd3x3_pack)(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                           int32_t c1, int32_t out_channels);
  /// The most tiles that meet a weight each time it is read; c: stored channels of all sources.
  int32_t (*winograd3x3_band)(int32_t c, int32_t out_channels);
  void (*winograd3x3)(const ck_winograd_args *args);

  /// 2x2 transposed convolution, stride 2, weights s8 [out_channels, 2, 2, logical]: dst (2y+a, 2x+b) = w[a][b] * src
  /// (y, x).
  size_t (*upconv2x2_packed_size)(int32_t c, int32_t out_channels);
  void (*upconv2x2_pack)(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels);
  void (*upconv2x2)(const ck_conv_args *args);

  /// 4x4 transposed convolution, stride 2, padding 1, weights s8 [out_channels, 4, 4, logical]: dst (2y-1+ky, 2x-1+kx)
  /// sums w[ky][kx] * src (y, x), so that dst (2y+a, 2x+b) reads source rows y+a-1...y+a and columns x+b-1...x+b.
  size_t (*upconv4x4_packed_size)(int32_t c, int32_t out_channels);
  void (*upconv4x4_pack)(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels);
  void (*upconv4x4)(const ck_conv_args *args);

  /// 1x1 head, weights s8 [classes, logical].
  size_t (*head_packed_size)(int32_t c, int32_t classes);
  void (*head_pack)(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t classes);
  void (*head_argmax)(const ck_head_args *args);

  /// Overlay of one row: dst[i] = (src[i] * keep[label] + add[label]) >> 8 with label = labels[i].
  /// keep = 256 - alpha, add = colour * alpha + 128; keep 256 and add 128 leave the sample as it is. dst may be src.
  /// Colours of 8 bits for blend_row_u8, so that sums stay below 2^16.
  void (*blend_row_u8)(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                       const uint32_t add[256], size_t count);
  void (*blend_row_u16)(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                        const uint32_t add[256], size_t count);
  /// counts[label] += occurrences of each label.
  void (*count_labels)(uint32_t counts[256], const uint8_t *labels, size_t count);

  /// Shrinks planes of Y, U and V to a picture of RGB; chroma may grow. Columns first, in units of 2^-7:
  /// tall[x] = cut + sum of (sample * weight >> 7), where cut, half the number of weights that 128 does not divide
  /// rounded down, stands for what the shifts cut off; then rows, (2^13 + sum of tall * weight) >> 14; then colours,
  /// (sum of products) >> 20, clamped to 0...255.
  void (*scale_yuv_rgb0)(const ck_scale_args *args);

  /// Runs `rounds` rounds of this tier's densest sum of products on registers alone; returns the multiply-accumulates
  /// done. Timed, it is the ceiling that a kernel's speed is a share of.
  int64_t (*peak)(int64_t rounds);
} ck_table;

/// The kernels of `tier`; NULL when the build has no such tier or the CPU cannot run it.
const ck_table *ck_table_for(ck_tier tier);

/// The least number of blocks of at most `block` outputs that make up `outputs`; 1 for a block of 0. A convolution has
/// the stored channels of dst as outputs, an upconvolution twice as many.
static inline int32_t ck_block_count(int32_t block, int32_t outputs) {
  return block ? (outputs + block - 1) / block : 1;
}

/// Writes the zero point into the border beside rows row_begin..<row_end, and above row 0 and below the last row where
/// the range reaches them: whoever writes a range of rows completes its border.
void ck_fill_border(const ck_view *view, int32_t row_begin, int32_t row_end, uint8_t zero_point);

/// Adds `rounds` times a fixed number of registers, each sum waiting for the last one; returns the additions done. An
/// addition takes one cycle on every core that has a tier here, so, timed, they tell the core's clock.
int64_t ck_dependent_adds(int64_t rounds);

/// Tells the core that the caller spins, which spares power and its sibling thread.
static inline void ck_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
