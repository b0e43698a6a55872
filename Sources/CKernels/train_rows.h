// Convolutions of training as rows of products: what the vector tiers share, and what each of them brings.
//
// A word is what one lane of a register multiplies: an f32, or two bf16 of neighbouring channels.
#ifndef CK_TRAIN_ROWS_H
#define CK_TRAIN_ROWS_H

#include "train.h"

enum {
  CK_TRAIN_VECTORS = 3,  ///< the most vectors of outputs in a block, of any tier
  CK_TRAIN_BLOCK = 48,   ///< the most outputs in a block, of any tier
};

/// A row of outputs as products of source runs and weights: all that convolutions differ in.
///
/// Output pixel x, channel o = bias[o] + sum over segments and steps of
/// (word `step` at src[segment] + x * pixel_step[segment]) * weights[segment, step, o].
typedef struct ck_train_row {
  const char *src[6];       ///< per segment, at output pixel 0
  ptrdiff_t pixel_step[6];  ///< bytes between the sources of neighbouring outputs
  int32_t steps[6];         ///< words
  ptrdiff_t ahead[6];  ///< bytes from here to what the next row reads first, to be fetched meanwhile; 0 for nothing
  int32_t segments;
  const uint32_t *weights;  ///< of the block, 64-byte aligned, [segment][step][vectors * lanes] words
  const float *bias;        ///< NULL or [channels]
  char *dst;
  ptrdiff_t dst_step;  ///< bytes between neighbouring outputs
  ck_real dst_real;
  bool rectifies;
  float *sums;  ///< NULL, or [2][CK_TRAIN_BLOCK]: sums of results and of their squares, added to
  int32_t width;
  int32_t channels;  ///< multiple of 8: at most `lanes`, 1.5 * lanes, or a multiple of lanes up to CK_TRAIN_VECTORS
} ck_train_row;

/// The products of 8 outputs' gradients and a run of a source's words, summed over rows: a tile of a gradient by the
/// weights.
///
/// A word has one f32, or the bf16 of two neighbouring pixels.
/// part[o][i] = sum over rows and x < width of
/// (word o at gradients[row] + gradient_offset + x * gradient_step) * (word i at sources[row] + offset + x * step).
typedef struct ck_train_products {
  const uint32_t *const *gradients, *const *sources;
  ptrdiff_t gradient_offset, gradient_step, offset, step;  ///< words
  int32_t row_count, width;
  float *part;  ///< [8][part_stride]
  ptrdiff_t part_stride;
  int32_t run;  ///< words of the run, as `channels` in ck_train_row
  bool adds;    ///< whether to add to `part` or to overwrite it
} ck_train_products;

/// What a vector tier brings to a convolution.
///
/// A block of 1.5 vectors has the weights of its second vector twice: two pixels share that vector.
typedef struct ck_train_kernel {
  int32_t lanes;    ///< words of one vector, 8 or 16
  int32_t vectors;  ///< the most of a block, 2 or 3
  int32_t pair;     ///< numbers of a word, 1 or 2
  void (*row)(const ck_train_row *row);
  void (*products)(const ck_train_products *products);
  /// NULL for f32. words[k * words_step + c] = first[k * step][c], and second[k * step][c] as its upper half, for
  /// c < channels and k < count; `channels` is a multiple of 8, `step` is bytes. `second` may be NULL, for zeros.
  void (*pack_pairs)(uint32_t *words, ptrdiff_t words_step, const char *first, const char *second, ptrdiff_t step,
                     int32_t count, int32_t channels);
} ck_train_kernel;

int32_t ck_train_rows_block_count(const ck_train_kernel *kernel, const ck_train_layer *layer);
size_t ck_train_rows_packed_size(const ck_train_kernel *kernel, const ck_train_layer *layer);
void ck_train_rows_pack(const ck_train_kernel *kernel, void *packed, const float *weights, const ck_train_layer *layer,
                        int32_t block_begin, int32_t block_end);
void ck_train_rows_convolve(const ck_train_kernel *kernel, const ck_train_args *args);

size_t ck_train_gradient_scratch_size(const ck_train_kernel *kernel, const ck_train_layer *layer, int32_t width);
void ck_train_weight_gradient(const ck_train_kernel *kernel, const ck_train_gradient_args *args);

/// How many of `channels` outputs the next block takes: full vectors, as many as may be, and 1.5 at the end where half
/// a vector is left.
int32_t ck_train_next_block(const ck_train_kernel *kernel, int32_t channels);

#endif
