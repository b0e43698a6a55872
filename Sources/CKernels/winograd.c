// Winograd convolutions: packing, bands of tiles and the order of the loops, for all vector tiers.
#include "winograd.h"

#include <string.h>

#include "view.h"

// A tile is a window of 2x2 outputs. Tiles go in bands, along the rows of tiles, so that their transformed values stay
// in the cache while each tap's weights meet all of them.
//
// Packed: [block of outputs][tap][source][channel / 4][outputs of the block x 4 channels], then for each of the four
// outputs of a tile what the tier's offset on values adds to the accumulators, s32 [4][outputs rounded up to 16].

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/// Outputs of every block but the last: blocks are nearly equal, since narrow ones load more values for each product.
static int32_t block_outputs(const ck_winograd_kernel *kernel, int32_t outputs) {
  const int32_t blocks = (outputs + kernel->block - 1) / kernel->block;
  return ck_round_up((outputs + blocks - 1) / blocks, kernel->lanes);
}

static int32_t block_vectors(const ck_winograd_kernel *kernel, int32_t outputs, int32_t first) {
  return (least(block_outputs(kernel, outputs), outputs - first) + kernel->lanes - 1) / kernel->lanes;
}

/// Packed bytes of all outputs for `channels` channels of one tap.
static size_t tap_size(const ck_winograd_kernel *kernel, int32_t outputs, int32_t channels) {
  return (size_t)ck_round_up(outputs, kernel->lanes) * (size_t)channels * (size_t)kernel->weight_bytes;
}

static size_t offsets_place(const ck_winograd_kernel *kernel, int32_t channels, int32_t out_channels) {
  return (16 * tap_size(kernel, out_channels, channels) + 63) / 64 * 64;
}

size_t ck_winograd_packed_size(const ck_winograd_kernel *kernel, int32_t c0, int32_t c1, int32_t out_channels) {
  return offsets_place(kernel, c0 + c1, out_channels) + 16 * (size_t)ck_round_up(out_channels, 16);
}

/// Packs one source of one tap of the block that begins at output `first`; returns the end.
static int8_t *pack_tap(const ck_winograd_kernel *kernel, int8_t *packed, const int8_t *weights, ptrdiff_t out_stride,
                        int32_t out_channels, int32_t first, int32_t logical, int32_t stored) {
  const int32_t outputs = least(block_outputs(kernel, out_channels), out_channels - first);
  const int32_t vectors = block_vectors(kernel, out_channels, first);
  const ptrdiff_t step_size = (ptrdiff_t)4 * kernel->lanes * vectors * kernel->weight_bytes;
  memset(packed, 0, (size_t)(stored / 4 * step_size));
  weights += first * out_stride;
  for (int32_t c = 0; c < logical; c += 4) {
    kernel->pack_step(packed + c / 4 * step_size, weights + c, out_stride, outputs, vectors, least(4, logical - c));
  }
  return packed + stored / 4 * step_size;
}

/// How often tap t counts in output (2y + p / 2, 2x + p % 2).
static int32_t output_sign(int32_t p, int32_t t) {
  static const int8_t signs[2][4] = {{1, 1, 1, 0}, {0, 1, -1, -1}};
  return signs[p / 2][t / 4] * signs[p % 2][t % 4];
}

/// The negated sums over all channels and taps that turn offset values into exact accumulators.
static void pack_offsets(int32_t *offsets, const int8_t *weights, int32_t logical, int32_t out_channels,
                         int32_t offset) {
  const int32_t stride = ck_round_up(out_channels, 16);
  memset(offsets, 0, 16 * (size_t)stride);
  for (int32_t o = 0; o < out_channels; o++) {
    for (int32_t t = 0; t < 16; t++) {
      int32_t sum = 0;
      for (int32_t c = 0; c < logical; c++) sum += weights[((ptrdiff_t)o * 16 + t) * logical + c];
      for (int32_t p = 0; p < 4; p++) offsets[p * stride + o] -= offset * output_sign(p, t) * sum;
    }
  }
}

void ck_winograd_pack(const ck_winograd_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical0,
                      int32_t c0, int32_t logical1, int32_t c1, int32_t out_channels) {
  const int32_t logical = logical0 + logical1;
  const ptrdiff_t stride = (ptrdiff_t)16 * logical;
  int8_t *offsets = packed + offsets_place(kernel, c0 + c1, out_channels);
  pack_offsets((int32_t *)(void *)offsets, weights, logical, out_channels, kernel->offset);
  for (int32_t first = 0; first < out_channels; first += block_outputs(kernel, out_channels)) {
    for (int32_t t = 0; t < 16; t++) {
      const int8_t *tap = weights + (ptrdiff_t)t * logical;
      packed = pack_tap(kernel, packed, tap, stride, out_channels, first, logical0, c0);
      packed = pack_tap(kernel, packed, tap + logical0, stride, out_channels, first, logical1, c1);
    }
  }
}

/// The tiles under way: `tiles` of them from number `first` on, counted along the rows of tiles.
typedef struct band {
  const ck_winograd_kernel *kernel;
  const ck_winograd_args *args;
  int32_t first, tiles;
  int32_t room;  ///< tiles that the scratch memory is laid out for
  uint8_t *values;
  int32_t *products;
} band;

static int32_t tiles_across(const ck_winograd_args *args) { return (args->conv.dst.width + 1) / 2; }

/// Bytes from one tap of a source to the next.
static ptrdiff_t tap_step(const band *band, int32_t source) {
  return (ptrdiff_t)band->room * band->args->conv.src[source].channels * band->kernel->value_bytes + 64;
}

static uint8_t *source_values(const band *band, int32_t source) {
  return band->values + (source ? 16 * tap_step(band, 0) : 0);
}

/// Transforms `tiles` tiles that lie side by side, the first of them being number `at` of the band.
static void transform_run(const band *band, int32_t source, int32_t at, int32_t tiles) {
  static const int8_t first[4] = {0, 1, 2, 1}, second[4] = {2, 2, 1, 3};
  const ck_winograd_kernel *kernel = band->kernel;
  const ck_view *view = &band->args->conv.src[source];
  const ck_winograd_source *scaling = &band->args->source[source];
  const int32_t across = tiles_across(band->args), number = band->first + at;
  const int32_t y = number / across * 2 - 1, x = number % across * 2 - 1;
  const int32_t pixels = least(2 * tiles + 2, view->width + 1 - x);  // an odd width ends within a tile
  const ptrdiff_t step = tap_step(band, source);
  int16_t columns[2][CK_WINOGRAD_VALUE_BYTES / 16 + CK_WINOGRAD_CHANNELS + 128];
  uint8_t *values = source_values(band, source) + (ptrdiff_t)at * view->channels * kernel->value_bytes;
  for (int32_t i = 0; i < 4; i++, values += 4 * step) {
    const int32_t below = least(y + second[i], view->height);  // an odd height too
    kernel->vertical(columns[0], columns[1], ck_pixel(view, y + first[i], x), ck_pixel(view, below, x), pixels,
                     view->channels, i == 1, scaling->zero_point);
    kernel->horizontal(values, step, columns[0], columns[1], tiles * view->channels, view->channels,
                       scaling->scale + 4 * i, i == 1 && scaling->zero_point == 0 ? 128 : 0);
  }
}

static void transform_band(const band *band) {
  const int32_t across = tiles_across(band->args);
  for (int32_t source = 0; source < (band->args->conv.src[1].data ? 2 : 1); source++) {
    for (int32_t at = 0, tiles; at < band->tiles; at += tiles) {
      tiles = least(band->tiles - at, across - (band->first + at) % across);
      transform_run(band, source, at, tiles);
    }
  }
}

/// The outputs from channel `first` on, of all tiles of the band.
static void multiply_block(const band *band, int32_t first) {
  const ck_winograd_kernel *kernel = band->kernel;
  const ck_conv_args *conv = &band->args->conv;
  const int32_t c0 = conv->src[0].channels, c1 = conv->src[1].data ? conv->src[1].channels : 0;
  const int32_t stored = least(block_outputs(kernel, conv->dst.channels), conv->dst.channels - first);
  const int32_t vectors = block_vectors(kernel, conv->dst.channels, first);
  const size_t block_tap = (size_t)kernel->lanes * (size_t)vectors * (size_t)(c0 + c1) * (size_t)kernel->weight_bytes;
  const int8_t *weights = conv->weights + 16 * tap_size(kernel, first, c0 + c1);
  const ptrdiff_t step = (ptrdiff_t)band->room * vectors * kernel->lanes;
  for (int32_t t = 0; t < 16; t++) {
    const ck_winograd_products work = {
        .values = {source_values(band, 0) + t * tap_step(band, 0), source_values(band, 1) + t * tap_step(band, 1)},
        .channels = {c0, c1},
        .weights = weights + (size_t)t * block_tap,
        .products = band->products + t * step,
        .tiles = band->tiles,
        .stored = stored};
    kernel->products(&work);
  }
  const int32_t bias_step = ck_round_up(conv->dst.channels, 16);
  const int8_t *offsets = conv->weights + offsets_place(kernel, c0 + c1, conv->dst.channels);
  const ck_winograd_finish work = {.conv = conv,
                                   .products = band->products,
                                   .tap_step = step,
                                   .bias = (const int32_t *)(const void *)offsets + first,
                                   .bias_step = bias_step,
                                   .first = first,
                                   .stored = stored,
                                   .tile = band->first,
                                   .tiles = band->tiles};
  kernel->finish(&work);
}

int32_t ck_winograd_band(const ck_winograd_kernel *kernel, int32_t channels, int32_t out_channels) {
  const int32_t vectors = block_vectors(kernel, out_channels, 0);
  const int32_t by_values = (CK_WINOGRAD_VALUE_BYTES - 4096) / (16 * channels * kernel->value_bytes);
  const int32_t by_products = CK_WINOGRAD_PRODUCT_BYTES / (16 * 4 * vectors * kernel->lanes);
  return least(by_values, by_products) / 2 * 2;
}

void ck_winograd(const ck_winograd_kernel *kernel, const ck_winograd_args *args) {
  _Alignas(64) uint8_t values[CK_WINOGRAD_VALUE_BYTES];
  _Alignas(64) int32_t products[CK_WINOGRAD_PRODUCT_BYTES / 4];
  const ck_conv_args *conv = &args->conv;
  const int32_t channels = conv->src[0].channels + (conv->src[1].data ? conv->src[1].channels : 0);
  const int32_t room = ck_winograd_band(kernel, channels, conv->dst.channels);
  const int32_t tiles = args->tile_end - args->tile_begin, bands = (tiles + room - 1) / room;
  for (int32_t i = 0; i < bands; i++) {  // of nearly equal size
    const int32_t first = args->tile_begin + (int32_t)((int64_t)tiles * i / bands);
    const int32_t next = args->tile_begin + (int32_t)((int64_t)tiles * (i + 1) / bands);
    const band band = {kernel, args, first, next - first, room, values, products};
    transform_band(&band);
    for (int32_t o = 0; o < conv->dst.channels; o += block_outputs(kernel, conv->dst.channels)) {
      multiply_block(&band, o);
    }
  }
}
