// Convolutions as rows of products: what the vector tiers share, and what each of them brings.
#ifndef CK_ROWS_H
#define CK_ROWS_H

#include "ckernels.h"

/// A row of outputs as products of source runs and weights: all that convolutions differ in.
///
/// Output pixel x, channel o = requantize(bias[o] + sum over segments and steps of
/// dot4(src[segment] + x * pixel_step[segment] + 4 * step, weights[segment, step, o])).
typedef struct ck_row {
  const uint8_t *src[6];    ///< per segment, at output pixel 0
  ptrdiff_t pixel_step[6];  ///< bytes between the sources of neighbouring outputs
  int32_t steps[6];         ///< runs of 4 channels
  int32_t segments;
  const int8_t *weights;    ///< of the block: its header, then [segment][step], each laid out by the tier's pack_step
  const int32_t *bias;      ///< [lanes * vectors]
  const float *multiplier;  ///< [lanes * vectors]
  int32_t zero_point;
  uint8_t *dst;
  ptrdiff_t dst_step;  ///< bytes between neighbouring outputs
  int32_t stored;      ///< bytes to write per output, lanes * (vectors - 1) < stored <= lanes * vectors
} ck_row;

/// What a vector tier brings to a convolution.
typedef struct ck_row_kernel {
  int32_t lanes;         ///< outputs of one vector; divides 16
  int32_t block;         ///< outputs of one block, the most that a row does at once
  int32_t weight_bytes;  ///< of one packed weight
  int32_t header_bytes;  ///< per output, of what stands before the weights of a block; 0 for most tiers
  /// Packs 4 channels of one block: weights[o * out_stride + channel] for `outputs` outputs and `channels` channels;
  /// the rest of lanes * vectors outputs and of 4 channels are zeros already.
  void (*pack_step)(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                    int32_t channels);
  /// Fills the header of a block from its packed weights, which follow it, `steps` runs of 4 channels; NULL where
  /// header_bytes is 0.
  void (*pack_header)(int8_t *block, int32_t steps, int32_t vectors);
  /// Does `width` outputs of `vectors` vectors of channels.
  void (*row)(const ck_row *row, int32_t width, int32_t vectors);
  /// Channels first ..< first + channels of row y of pooled, from rows 2y and 2y + 1 of dst.
  void (*pool_row)(const ck_conv_args *args, int32_t y, int32_t first, int32_t channels);
} ck_row_kernel;

size_t ck_rows_conv3x3_packed_size(const ck_row_kernel *kernel, int32_t c0, int32_t c1, int32_t out_channels);
void ck_rows_conv3x3_pack(const ck_row_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical0,
                          int32_t c0, int32_t logical1, int32_t c1, int32_t out_channels);
/// 3x3 convolution with the given stride, and pooling when args ask for it.
void ck_rows_conv3x3(const ck_row_kernel *kernel, const ck_conv_args *args, int32_t stride);

size_t ck_rows_upconv2x2_packed_size(const ck_row_kernel *kernel, int32_t c, int32_t out_channels);
void ck_rows_upconv2x2_pack(const ck_row_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical,
                            int32_t c, int32_t out_channels);
void ck_rows_upconv2x2(const ck_row_kernel *kernel, const ck_conv_args *args);

size_t ck_rows_upconv4x4_packed_size(const ck_row_kernel *kernel, int32_t c, int32_t out_channels);
void ck_rows_upconv4x4_pack(const ck_row_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical,
                            int32_t c, int32_t out_channels);
void ck_rows_upconv4x4(const ck_row_kernel *kernel, const ck_conv_args *args);

#endif
