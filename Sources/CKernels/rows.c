// Convolutions as rows of products: packing, addresses and the order of the loops, for all vector tiers.
#include "rows.h"

#include <string.h>

#include "view.h"

// Packed 3x3: [block of outputs](header)[ky][source][kx][channel / 4][outputs of the block x 4 channels]; the last
// block is as wide as its vectors. The three columns of a window's row are one run of bytes in the picture, so a source
// row is one segment.

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/// Outputs of every block but the last: as few blocks as there can be, nearly equal ones, since narrow ones are slower.
static int32_t block_size(const ck_row_kernel *kernel, int32_t outputs) {
  const int32_t vectors = ck_round_up(outputs, kernel->lanes) / kernel->lanes;
  const int32_t blocks = ck_block_count(kernel->block, outputs);
  return (vectors + blocks - 1) / blocks * kernel->lanes;
}

/// Vectors in the block that begins at output `first`.
static int32_t block_vectors(const ck_row_kernel *kernel, int32_t outputs, int32_t first) {
  return (least(block_size(kernel, outputs), outputs - first) + kernel->lanes - 1) / kernel->lanes;
}

/// Packed bytes of the blocks of the first `outputs` outputs, with `depth` stored weights each.
static size_t blocks_size(const ck_row_kernel *kernel, int32_t outputs, int32_t depth) {
  return (size_t)ck_round_up(outputs, kernel->lanes) *
         ((size_t)depth * (size_t)kernel->weight_bytes + (size_t)kernel->header_bytes);
}

/// Completes a block of `depth` stored weights per output.
static void finish_block(const ck_row_kernel *kernel, int8_t *block, int32_t out_channels, int32_t first,
                         int32_t depth) {
  if (kernel->pack_header) kernel->pack_header(block, depth / 4, block_vectors(kernel, out_channels, first));
}

/// The weights of a block that begins at output `first`, behind its header.
static int8_t *block_weights(const ck_row_kernel *kernel, int8_t *block, int32_t out_channels, int32_t first) {
  return block + (ptrdiff_t)kernel->lanes * block_vectors(kernel, out_channels, first) * kernel->header_bytes;
}

/// Packs one tap of the block that begins at output `first`, from weights[o * out_stride + channel]; returns the end.
static int8_t *pack_tap(const ck_row_kernel *kernel, int8_t *packed, const int8_t *weights, ptrdiff_t out_stride,
                        int32_t out_channels, int32_t first, int32_t logical, int32_t stored) {
  const int32_t outputs = least(block_size(kernel, out_channels), out_channels - first);
  const int32_t vectors = block_vectors(kernel, out_channels, first);
  const ptrdiff_t step_size = (ptrdiff_t)4 * kernel->lanes * vectors * kernel->weight_bytes;
  memset(packed, 0, (size_t)(stored / 4 * step_size));
  weights += first * out_stride;
  for (int32_t c = 0; c < logical; c += 4) {
    kernel->pack_step(packed + c / 4 * step_size, weights + c, out_stride, outputs, vectors, least(4, logical - c));
  }
  return packed + stored / 4 * step_size;
}

size_t ck_rows_conv3x3_packed_size(const ck_row_kernel *kernel, int32_t c0, int32_t c1, int32_t out_channels) {
  return blocks_size(kernel, out_channels, 9 * (c0 + c1));
}

void ck_rows_conv3x3_pack(const ck_row_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical0,
                          int32_t c0, int32_t logical1, int32_t c1, int32_t out_channels) {
  const int32_t logical = logical0 + logical1;
  const ptrdiff_t stride = (ptrdiff_t)9 * logical;
  const int32_t size = block_size(kernel, out_channels);
  for (int32_t first = 0; first < out_channels; first += size) {
    int8_t *block = packed;
    packed = block_weights(kernel, block, out_channels, first);
    for (int32_t ky = 0; ky < 3; ky++) {
      const int8_t *row = weights + (ptrdiff_t)3 * ky * logical;
      for (int32_t kx = 0; kx < 3; kx++) {
        packed = pack_tap(kernel, packed, row + kx * logical, stride, out_channels, first, logical0, c0);
      }
      for (int32_t kx = 0; kx < 3; kx++) {
        packed = pack_tap(kernel, packed, row + kx * logical + logical0, stride, out_channels, first, logical1, c1);
      }
    }
    finish_block(kernel, block, out_channels, first, 9 * (c0 + c1));
  }
}

/// Output row y, the block of channels from `first` on.
static void conv_row(const ck_row_kernel *kernel, const ck_conv_args *args, int32_t stride, int32_t y, int32_t first) {
  const int32_t sources = args->src[1].data ? 2 : 1;
  const int32_t channels = args->src[0].channels + (sources == 2 ? args->src[1].channels : 0);
  ck_row row = {.segments = 3 * sources,
                .weights = args->weights + blocks_size(kernel, first, 9 * channels),
                .bias = args->bias + first,
                .multiplier = args->multiplier + first,
                .zero_point = args->zero_point,
                .dst = ck_pixel(&args->dst, y, 0) + first,
                .dst_step = args->dst.channels,
                .stored = least(block_size(kernel, args->dst.channels), args->dst.channels - first)};
  for (int32_t s = 0; s < row.segments; s++) {
    const ck_view *source = &args->src[s % sources];
    row.src[s] = ck_pixel(source, stride * y + s / sources - 1, -1);
    row.pixel_step[s] = (ptrdiff_t)stride * source->channels;
    row.steps[s] = 3 * source->channels / 4;
  }
  kernel->row(&row, args->dst.width, block_vectors(kernel, args->dst.channels, first));
}

typedef struct range {
  int32_t begin, end;
} range;

/// The outputs of the blocks that args ask for, out of `outputs` in blocks of `block`.
static range asked_outputs(const ck_conv_args *args, int32_t block, int32_t outputs) {
  if (args->block_end == 0) return (range){0, outputs};
  return (range){args->block_begin * block, least(args->block_end * block, outputs)};
}

void ck_rows_conv3x3(const ck_row_kernel *kernel, const ck_conv_args *args, int32_t stride) {
  // Rows go in bands: with several blocks, the weights of one stay in the second-level cache for a band while the
  // band's source rows stay there for all blocks; with one block, two rows are just what pooling wants warm.
  const int32_t block = block_size(kernel, args->dst.channels);
  const range outputs = asked_outputs(args, block, args->dst.channels);
  const int32_t band = outputs.end - outputs.begin > block ? 8 : 2;
  for (int32_t begin = args->row_begin; begin < args->row_end; begin += band) {
    const int32_t end = least(begin + band, args->row_end);
    for (int32_t first = outputs.begin; first < outputs.end; first += block) {
      for (int32_t y = begin; y < end; y++) conv_row(kernel, args, stride, y, first);
    }
    if (!args->pooled.data) continue;
    for (int32_t y = begin / 2; y < end / 2; y++) {
      kernel->pool_row(args, y, outputs.begin, outputs.end - outputs.begin);
    }
  }
}

// A source pixel makes two runs of 2 * channels bytes, one in each of two rows: each is a row of outputs (b, channel),
// the channels counted as they are stored.
//
// Packed 2x2: [a][block of outputs](header)[channel / 4][outputs of the block x 4 channels].

enum { MOST_OUTPUTS = 64 };  // of a block of any tier

/// Packs 4 channels of the block of outputs (b, o) that begins at `first`, from weights[(4 * o + b) * logical +
/// channel].
static void pack_pair_step(const ck_row_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical,
                           int32_t channels, int32_t out_channels, int32_t first) {
  const int32_t stored = ck_round_up(out_channels, 4);
  const int32_t outputs = least(block_size(kernel, 2 * stored), 2 * stored - first);
  int8_t four[4 * MOST_OUTPUTS] = {0};
  for (int32_t i = 0; i < outputs; i++) {
    const int32_t b = (first + i) / stored, o = (first + i) % stored;
    if (o < out_channels) memcpy(four + 4 * i, weights + ((ptrdiff_t)4 * o + b) * logical, (size_t)channels);
  }
  kernel->pack_step(packed, four, 4, outputs, block_vectors(kernel, 2 * stored, first), channels);
}

size_t ck_rows_upconv2x2_packed_size(const ck_row_kernel *kernel, int32_t c, int32_t out_channels) {
  return 2 * blocks_size(kernel, 2 * ck_round_up(out_channels, 4), c);
}

void ck_rows_upconv2x2_pack(const ck_row_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical,
                            int32_t c, int32_t out_channels) {
  const int32_t outputs = 2 * ck_round_up(out_channels, 4), size = block_size(kernel, outputs);
  memset(packed, 0, ck_rows_upconv2x2_packed_size(kernel, c, out_channels));
  for (int32_t a = 0; a < 2; a++) {
    for (int32_t first = 0; first < outputs; first += size) {
      const int32_t vectors = block_vectors(kernel, outputs, first);
      int8_t *block = packed, *to = block_weights(kernel, block, outputs, first);
      for (int32_t i = 0; i < logical; i += 4) {
        pack_pair_step(kernel, to + (ptrdiff_t)i * kernel->lanes * vectors * kernel->weight_bytes,
                       weights + (ptrdiff_t)2 * a * logical + i, logical, least(4, logical - i), out_channels, first);
      }
      packed = to + (ptrdiff_t)c * kernel->lanes * vectors * kernel->weight_bytes;
      finish_block(kernel, block, outputs, first, c);
    }
  }
}

/// Source rows begin..<end to rows 2y + a, the block of outputs from `first` on.
static void upconv_rows(const ck_row_kernel *kernel, const ck_conv_args *args, int32_t begin, int32_t end, int32_t a,
                        int32_t first) {
  const ck_view *source = &args->src[0], *dst = &args->dst;
  const int32_t outputs = 2 * dst->channels;
  int32_t bias[MOST_OUTPUTS] = {0};
  float multiplier[MOST_OUTPUTS] = {0};
  ck_row row = {.pixel_step = {source->channels},
                .steps = {source->channels / 4},
                .segments = 1,
                .weights = args->weights + (size_t)a * blocks_size(kernel, outputs, source->channels) +
                           blocks_size(kernel, first, source->channels),
                .bias = bias,
                .multiplier = multiplier,
                .zero_point = args->zero_point,
                .dst_step = outputs,
                .stored = least(block_size(kernel, outputs), outputs - first)};
  for (int32_t i = 0; i < row.stored; i++) {
    bias[i] = args->bias[(first + i) % dst->channels];
    multiplier[i] = args->multiplier[(first + i) % dst->channels];
  }
  for (int32_t y = begin; y < end; y++) {
    row.src[0] = ck_pixel(source, y, 0);
    row.dst = ck_pixel(dst, 2 * y + a, 0) + first;
    kernel->row(&row, source->width, block_vectors(kernel, outputs, first));
  }
}

void ck_rows_upconv2x2(const ck_row_kernel *kernel, const ck_conv_args *args) {
  const int32_t band = 4;  // source rows that meet the weights of one block while these are in the cache
  const int32_t size = block_size(kernel, 2 * args->dst.channels);
  const range outputs = asked_outputs(args, size, 2 * args->dst.channels);
  for (int32_t begin = args->row_begin; begin < args->row_end; begin += band) {
    const int32_t end = least(begin + band, args->row_end);
    for (int32_t a = 0; a < 2; a++) {
      for (int32_t first = outputs.begin; first < outputs.end; first += size) {
        upconv_rows(kernel, args, begin, end, a, first);
      }
    }
  }
}

// Packed 4x4: [a][b][block of outputs](header)[window row][window column][channel / 4][outputs of the block x 4
// channels]. The two columns of a window's row are one run of bytes in the picture, so a source row is one segment.

size_t ck_rows_upconv4x4_packed_size(const ck_row_kernel *kernel, int32_t c, int32_t out_channels) {
  return 4 * blocks_size(kernel, out_channels, 4 * c);
}

void ck_rows_upconv4x4_pack(const ck_row_kernel *kernel, int8_t *packed, const int8_t *weights, int32_t logical,
                            int32_t c, int32_t out_channels) {
  const int32_t size = block_size(kernel, out_channels);
  for (int32_t place = 0; place < 4; place++) {
    for (int32_t first = 0; first < out_channels; first += size) {
      int8_t *block = packed;
      packed = block_weights(kernel, block, out_channels, first);
      for (int32_t part = 0; part < 4; part++) {
        packed = pack_tap(kernel, packed, weights + ck_upconv4x4_tap(place, part) * logical, (ptrdiff_t)16 * logical,
                          out_channels, first, logical, c);
      }
      finish_block(kernel, block, out_channels, first, 4 * c);
    }
  }
}

/// Source rows begin..<end to place (a, b) = (place / 2, place % 2) of each window, the outputs from `first` on.
static void upconv4x4_rows(const ck_row_kernel *kernel, const ck_conv_args *args, int32_t begin, int32_t end,
                           int32_t place, int32_t first) {
  const ck_view *source = &args->src[0], *dst = &args->dst;
  const int32_t a = place / 2, b = place % 2, depth = 4 * source->channels, step = source->channels;
  ck_row row = {.pixel_step = {step, step},
                .steps = {step / 2, step / 2},
                .segments = 2,
                .weights = args->weights + (size_t)place * blocks_size(kernel, dst->channels, depth) +
                           blocks_size(kernel, first, depth),
                .bias = args->bias + first,
                .multiplier = args->multiplier + first,
                .zero_point = args->zero_point,
                .dst_step = (ptrdiff_t)2 * dst->channels,
                .stored = least(block_size(kernel, dst->channels), dst->channels - first)};
  for (int32_t y = begin; y < end; y++) {
    row.src[0] = ck_pixel(source, y + a - 1, b - 1);
    row.src[1] = ck_pixel(source, y + a, b - 1);
    row.dst = ck_pixel(dst, 2 * y + a, b) + first;
    kernel->row(&row, source->width, block_vectors(kernel, dst->channels, first));
  }
}

void ck_rows_upconv4x4(const ck_row_kernel *kernel, const ck_conv_args *args) {
  const int32_t band = 4;  // source rows that meet the weights of one block while these are in the cache
  const int32_t size = block_size(kernel, args->dst.channels);
  const range outputs = asked_outputs(args, size, args->dst.channels);
  for (int32_t begin = args->row_begin; begin < args->row_end; begin += band) {
    const int32_t end = least(begin + band, args->row_end);
    for (int32_t place = 0; place < 4; place++) {
      for (int32_t first = outputs.begin; first < outputs.end; first += size) {
        upconv4x4_rows(kernel, args, begin, end, place, first);
      }
    }
  }
}
