// The convolutions of training: forward, gradient by the data and gradient by the weights, in f32 and in bf16.
//
// Activations and gradients are NHWC, weights are f32 and packed anew after each step, sums are f32. Tier `c` is the
// reference; since sums of floats depend on their order, the other tiers agree with it within a bound: for a result
// that sums n products, |difference| <= 2 * (n + 2) * 2^-24 * (sum of |products|), and a unit in the last place more
// where the result is stored as bf16.
//
// The vector tiers compute 3x3 windows of stride 1 over inputs in eights in Winograd's form F(2x2, 3x3), where a tile's
// inputs are added up before they are multiplied. There |difference| <= (2 * (n + 72) * 2^-24 + r) * n * (the largest
// input) * (the largest weight); for a gradient by the weights over n pixels 16 times that, of input and gradient. r is
// 0 for f32, and 9 * 2^-8 for bf16, to which transformed numbers are rounded once more.
//
// Products of bf16 may take numbers below 2^-126 for zeros. Nothing here allocates, locks or fails.
#ifndef CKTRAIN_H
#define CKTRAIN_H

#include "ckernels.h"

/// The type of a number in memory.
typedef enum ck_real {
  CK_REAL_F32 = 0,
  CK_REAL_BF16 = 1,  ///< the upper half of an f32, rounded to nearest, ties to even
} ck_real;

/// CPU levels of the training kernels, lowest first.
typedef enum ck_train_tier {
  CK_TRAIN_TIER_C = 0,
  CK_TRAIN_TIER_AVX2 = 1,    ///< with FMA; f32 only
  CK_TRAIN_TIER_AVX512 = 2,  ///< bf16 where the CPU has AVX512_BF16
} ck_train_tier;

/// Pictures of a batch in memory, [pictures, height, width, channels], possibly with a border.
///
/// Pixel (0, 0) of picture 0 is at `data`; the channels of a pixel and the pixels of a row follow each other. Row r of
/// the batch is row r % height of picture r / height.
typedef struct ck_batch {
  void *data;
  ck_real real;
  ptrdiff_t row_stride, picture_stride;  ///< bytes
  int32_t pictures, height, width, channels;
} ck_batch;

/// What a layer computes. [O], [I]: channels of all destinations, of all sources.
typedef enum ck_train_kind {
  /// 3x3 window, stride 1; reads a border of one pixel of zeros around its sources. Weights [O, 3, 3, I].
  CK_TRAIN_CONV3X3 = 0,
  /// The same with stride 2: output (y, x) reads rows 2y-1...2y+1 and columns 2x-1...2x+1. One source.
  CK_TRAIN_CONV3X3_STRIDE2 = 1,
  /// Gradient by the data of CK_TRAIN_CONV3X3: sources and destinations change places, the weights [I, 3, 3, O] are
  /// those of the forward direction. The source has the border.
  CK_TRAIN_CONV3X3_BACK = 2,
  /// 2x2 transposed convolution: dst (2y+a, 2x+b) = w[a][b] * src (y, x). Weights [2, 2, O, I]. No border.
  CK_TRAIN_UPCONV2X2 = 3,
  /// Gradient by the data of CK_TRAIN_UPCONV2X2: dst (y, x) sums w[a][b]' * src (2y+a, 2x+b). Weights [2, 2, I, O].
  CK_TRAIN_UPCONV2X2_BACK = 4,
} ck_train_kind;

/// A layer as it is packed.
typedef struct ck_train_layer {
  ck_train_kind kind;
  /// Channels of the source or of two, read as one with concatenated channels; in[1] is 0 for one. bf16: multiples of
  /// 8; f32: any.
  int32_t in[2];
  int32_t out[2];  ///< the same of the destinations; multiples of 8
} ck_train_layer;

/// The arguments of a convolution.
typedef struct ck_train_args {
  ck_train_layer layer;
  const void *weights;  ///< packed by the same table, 64-byte aligned
  const float *bias;    ///< NULL, or [O], where every sum starts
  ck_batch src[2];      ///< of the table's type
  ck_batch dst[2];      ///< f32 or bf16; borders are left alone
  bool rectifies;       ///< whether negative results become 0
  /// NULL, or [2, O]: per channel, the sum of the results of these rows and that of their squares are added, before
  /// they are rounded to bf16.
  double *moments;
  int32_t row_begin, row_end;  ///< the rows of the batch to do: of dst, or of src for CK_TRAIN_UPCONV2X2
  void *scratch;               ///< convolve_scratch_size bytes, 64-byte aligned
} ck_train_args;

/// The arguments of a gradient by the weights, of the forward kinds.
typedef struct ck_train_gradient_args {
  ck_train_layer layer;  ///< as in the forward direction
  ck_batch src[2];       ///< the forward direction's, with its border; of the table's type
  ck_batch gradient;     ///< by the result; of the table's type, in the f32 table also bf16; no border is read
  /// f32 [O, 3, source, 3, channels of the source], or [2, 2, O, I]: the sum over the pixels of these rows of gradient
  /// * src (shifted by the tap). See ck_train_sum_parts.
  float *part;
  bool adds;                           ///< whether to add to `part` or to overwrite it
  int32_t row_begin, row_end;          ///< the rows of the batch to do: of gradient, or of src for CK_TRAIN_UPCONV2X2
  int32_t channel_begin, channel_end;  ///< the outputs to do, multiples of gradient_block but for the last end
  void *scratch;                       ///< gradient_scratch_size bytes, 64-byte aligned
} ck_train_gradient_args;

/// The training kernels of one tier for one type of sources.
typedef struct ck_train_table {
  ck_train_tier tier;
  ck_real real;

  /// Blocks that a layer is packed in, to be shared between threads.
  int32_t (*block_count)(const ck_train_layer *layer);
  /// Bytes of a packed layer.
  size_t (*packed_size)(const ck_train_layer *layer);
  /// Packs blocks block_begin ..< block_end of a layer; `weights` as the kind says.
  void (*pack)(void *packed, const float *weights, const ck_train_layer *layer, int32_t block_begin, int32_t block_end);
  /// Bytes of scratch memory.
  size_t (*convolve_scratch_size)(const ck_train_layer *layer);
  void (*convolve)(const ck_train_args *args);

  /// Outputs that a gradient by the weights does at once: where it can be cut.
  int32_t (*gradient_block)(const ck_train_layer *layer);
  /// Bytes of scratch memory; width: of gradient, or of src for CK_TRAIN_UPCONV2X2.
  size_t (*gradient_scratch_size)(const ck_train_layer *layer, int32_t width);
  void (*weight_gradient)(const ck_train_gradient_args *args);

  /// As in ck_table.
  int64_t (*peak)(int64_t rounds);
} ck_train_table;

/// The kernels of `tier` for `real`; NULL when the build has no such tier or the CPU cannot run it.
const ck_train_table *ck_train_table_for(ck_train_tier tier, ck_real real);

/// gradient, in the order of the weights, = the sum of `count` parts that follow each other, in their order, for
/// outputs channel_begin ..< channel_end.
void ck_train_sum_parts(float *gradient, const float *parts, int32_t count, const ck_train_layer *layer,
                        int32_t channel_begin, int32_t channel_end);

/// f32 to bf16: the one definition of the rounding. Not-a-numbers stay what they are, made quiet.
static inline uint16_t ck_bf16(float value) {
  union {
    float value;
    uint32_t bits;
  } u = {value};
  if (value != value) return (uint16_t)(u.bits >> 16 | 0x40);
  return (uint16_t)((u.bits + 0x7fff + (u.bits >> 16 & 1)) >> 16);
}

/// bf16 to f32, exact.
static inline float ck_bf16_value(uint16_t bits) {
  const union {
    uint32_t bits;
    float value;
  } u = {(uint32_t)bits << 16};
  return u.value;
}

#endif
