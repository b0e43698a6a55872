// Winograd convolutions: what the vector tiers share, and what each of them brings.
#ifndef CK_WINOGRAD_H
#define CK_WINOGRAD_H

#include "ckernels.h"

/// Bytes of scratch memory on the stack: for transformed values, and for the products of all taps.
enum { CK_WINOGRAD_VALUE_BYTES = 96 << 10, CK_WINOGRAD_PRODUCT_BYTES = 96 << 10 };

/// The values of one tap times its weights, for a block of outputs.
typedef struct ck_winograd_products {
  const uint8_t *values[2];  ///< per source [tile][channel], as the tier's `horizontal` writes them
  int32_t channels[2];       ///< stored; 0 for no source
  const int8_t *weights;     ///< [channel / 4], in each the outputs of the block as the tier's pack_step lays them out
  int32_t *products;         ///< written: [tile][lanes * vectors], or what the tier's `finish` reads
  int32_t tiles;
  int32_t stored;  ///< output channels of the block
} ck_winograd_products;

/// The products of a block of outputs on their way to codes.
typedef struct ck_winograd_finish {
  const ck_conv_args *conv;
  const int32_t *products;  ///< [tap] as `products` wrote them
  ptrdiff_t tap_step;       ///< s32 values from tap to tap
  const int32_t *bias;      ///< [4 outputs of a tile][outputs of the block rounded up to 16]
  int32_t bias_step;
  int32_t first;   ///< output channel of the block
  int32_t stored;  ///< output channels of the block
  int32_t tile;    ///< number of the first tile, counted along the rows of tiles from row 0 on
  int32_t tiles;
} ck_winograd_finish;

/// What a vector tier brings to a Winograd convolution.
typedef struct ck_winograd_kernel {
  int32_t lanes;         ///< outputs of one vector; divides 16
  int32_t block;         ///< the most outputs of one block
  int32_t value_bytes;   ///< of one transformed value
  int32_t weight_bytes;  ///< of one packed weight
  int32_t offset;        ///< what the tier adds to a transformed value to store it
  /// Packs 4 channels of one block: weights[o * out_stride + channel] for `outputs` outputs and `channels` channels;
  /// the rest is zeros already.
  void (*pack_step)(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                    int32_t channels);
  /// Pixels of `channels` bytes from two rows, combined by B' and sorted into even and odd columns:
  /// a - b, or a + b - 2 * zero_point. May write 64 values past the last one.
  void (*vertical)(int16_t *even, int16_t *odd, const uint8_t *a, const uint8_t *b, int32_t pixels, int32_t channels,
                   bool sum, int32_t zero_point);
  /// Four taps of a row of `count` values (tiles x channels), tap_step bytes apart, from even and odd columns. May
  /// write 64 bytes past the last value, and read as far.
  void (*horizontal)(uint8_t *values, ptrdiff_t tap_step, const int16_t *even, const int16_t *odd, int32_t count,
                     int32_t channels, const int16_t *scale, int32_t sum_centre);
  void (*products)(const ck_winograd_products *work);
  /// Output transform, requantisation and pooling.
  void (*finish)(const ck_winograd_finish *work);
} ck_winograd_kernel;

size_t ck_winograd_packed_size(const ck_winograd_kernel *kernel, int32_t c0, int32_t c1, int32_t out_channels);
void ck_winograd_pack(const ck_winograd_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical0,
                      int32_t c0, int32_t logical1, int32_t c1, int32_t out_channels);
/// Tiles that the scratch memory holds; an even number.
int32_t ck_winograd_band(const ck_winograd_kernel *kernel, int32_t channels, int32_t out_channels);
void ck_winograd(const ck_winograd_kernel *kernel, const ck_winograd_args *args);

#endif
