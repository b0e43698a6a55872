// Convolutions of training as rows of products: what the vector tiers share, and what each of them brings.
//
// A word is what one lane of a register multiplies: an f32, or two bf16 of neighbouring channels.
#ifndef CK_TRAIN_ROWS_H
#define CK_TRAIN_ROWS_H

#include "train.h"

enum {
  CK_TRAIN_VECTORS = 3,  ///< the most vectors of outputs in a block, of any tier
  CK_TRAIN_OUTPUTS = 8,  ///< outputs of a tile of a gradient by the weights
  CK_TRAIN_BLOCK = 48,   ///< the most outputs in a block, of any tier
  CK_TRAIN_PLACES = 16,  ///< products for a tile, an input and an output in Winograd's form, where plain ones are 36
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

/// A block of outputs, which are computed together.
typedef struct ck_train_block {
  int32_t group;  ///< the destination, or the place (2a + b) of a transposed convolution
  int32_t first;  ///< output in its group
  int32_t channels;
  int32_t words;     ///< of a step
  ptrdiff_t before;  ///< words of a step of all blocks before this one
} ck_train_block;

/// Four outputs, or as many of them as there are: one tile of Winograd's F(2x2, 3x3).
typedef struct ck_train_tile {
  int32_t n, y, x;  ///< the picture, and its first output
  int32_t rows, columns;
} ck_train_tile;

/// The transforms of Winograd's form, which a tier compiles for its registers. Places are `stride` words apart.
typedef struct ck_train_transforms {
  /// sources[place][tile][in[0] + in[1]] = the transformed 4x4 inputs of `count` tiles, numbers of the table's type.
  void (*inputs)(uint32_t *sources, ptrdiff_t stride, const ck_train_layer *layer, const ck_batch src[2],
                 const ck_train_tile *tiles, int32_t count);
  /// The same in words for ck_train_products, whose numbers are those of neighbouring tiles.
  void (*words)(uint32_t *sources, ptrdiff_t stride, const ck_train_layer *layer, const ck_batch src[2],
                const ck_train_tile *tiles, int32_t count);
  /// packed[place][step][words of the block] = the transformed weights.
  void (*weights)(uint32_t *packed, const float *weights, const ck_train_layer *layer, const ck_train_block *at);
  /// Transforms products[place][tile][channels of the block] back and stores them; `sums` as in ck_train_row.
  void (*outputs)(const float *products, ptrdiff_t stride, const ck_train_args *args, const ck_train_block *at,
                  const ck_train_tile *tiles, int32_t count, float *sums);
  /// slopes[place][word][CK_TRAIN_BLOCK] = the transformed 2x2 gradients of `count` tiles in words as above, of outputs
  /// first ..< first + channels.
  void (*gradients)(uint32_t *slopes, ptrdiff_t stride, const ck_batch *gradient, const ck_train_tile *tiles,
                    int32_t count, int32_t first, int32_t channels);
  /// Transforms sums[place][channels][in[0] + in[1]] to a part's weights of outputs first ..< first + channels, which
  /// it overwrites or, if args->adds, adds to.
  void (*parts)(const float *sums, ptrdiff_t stride, const ck_train_gradient_args *args, int32_t first,
                int32_t channels);
} ck_train_transforms;

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
  const ck_train_transforms *transforms;  ///< NULL where there is no Winograd's form
} ck_train_kernel;

/// Whether a layer is computed in Winograd's form.
bool ck_train_is_winograd(const ck_train_kernel *kernel, const ck_train_layer *layer);
size_t ck_train_winograd_scratch_size(const ck_train_kernel *kernel, const ck_train_layer *layer);
void ck_train_winograd_convolve(const ck_train_kernel *kernel, const ck_train_args *args);
size_t ck_train_winograd_gradient_scratch_size(const ck_train_layer *layer);
void ck_train_winograd_weight_gradient(const ck_train_kernel *kernel, const ck_train_gradient_args *args);

/// The first block if `is_first`, or the one after it; false past the last one.
bool ck_train_advance(const ck_train_kernel *kernel, const ck_train_layer *layer, ck_train_block *at, bool is_first);

/// A block's first output among those of all destinations.
static inline int32_t ck_train_first_output(const ck_train_layer *layer, const ck_train_block *at) {
  return at->first + (layer->kind != CK_TRAIN_UPCONV2X2 && at->group ? layer->out[0] : 0);
}

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
