// Convolutions of training in Winograd's form F(2x2, 3x3): the loops over tiles, blocks of outputs and places.
//
// Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015. A tile of 2x2 outputs takes 16
// products for each input and output in place of 36: those of its 4x4 inputs and the 3x3 weights, both transformed. For
// one place of the 16, the products of many tiles are a row of a 1x1 convolution, which the tier's row kernel does. The
// gradient by the weights is the form F(3x3, 2x2): the same inputs with the transformed 2x2 gradients.
#include <string.h>

#include "train_rows.h"

enum {
  PLACES = CK_TRAIN_PLACES,
  STEPS = 48,                ///< words done together: a multiple of what all row kernels take at once
  OUTPUTS = CK_TRAIN_BLOCK,  ///< of a gradient by the weights, done together
};

bool ck_train_is_winograd(const ck_train_kernel *kernel, const ck_train_layer *layer) {
  const bool is_plain = layer->kind == CK_TRAIN_CONV3X3 || layer->kind == CK_TRAIN_CONV3X3_BACK;
  return kernel->transforms && is_plain && layer->in[0] % 8 == 0 && layer->in[1] % 8 == 0;
}

static ptrdiff_t inputs_of(const ck_train_layer *layer) { return layer->in[0] + layer->in[1]; }

/// Where a walk over tiles is.
typedef struct walk {
  int32_t row, row_end, x;
} walk;

/// The next tiles of the outputs' rows, up to `most`; none at the end.
static int32_t next_tiles(walk *at, const ck_batch *outputs, ck_train_tile *tiles, int32_t most) {
  int32_t count = 0;
  while (at->row < at->row_end && count < most) {
    const int32_t n = at->row / outputs->height, y = at->row % outputs->height;
    const int32_t rows = y + 1 < outputs->height && at->row + 1 < at->row_end ? 2 : 1;
    tiles[count++] = (ck_train_tile){n, y, at->x, rows, at->x + 1 < outputs->width ? 2 : 1};
    at->x += 2;
    if (at->x >= outputs->width) at->x = 0, at->row += rows;
  }
  return count;
}

/// Words of the inputs of a tile at one place.
static ptrdiff_t steps_of(const ck_train_kernel *kernel, const ck_train_layer *layer) {
  return inputs_of(layer) / kernel->pair;
}

size_t ck_train_winograd_scratch_size(const ck_train_kernel *kernel, const ck_train_layer *layer) {
  return sizeof(uint32_t) * PLACES * STEPS * (size_t)(steps_of(kernel, layer) + CK_TRAIN_BLOCK);
}

/// Does `count` tiles for one block of outputs.
static void do_block(const ck_train_kernel *kernel, const ck_train_args *args, const ck_train_block *at,
                     const ck_train_tile *tiles, int32_t count) {
  const ptrdiff_t steps = steps_of(kernel, &args->layer);
  const uint32_t *sources = args->scratch, *weights = (const uint32_t *)args->weights + at->before * PLACES * steps;
  float *products = (float *)args->scratch + PLACES * STEPS * steps;
  ck_train_row row = {.segments = 1, .dst_real = CK_REAL_F32, .width = count, .channels = at->channels};
  row.pixel_step[0] = steps * (ptrdiff_t)sizeof(uint32_t);
  row.steps[0] = (int32_t)steps;
  row.dst_step = at->channels * (ptrdiff_t)sizeof(float);
  for (int32_t place = 0; place < PLACES; place++) {
    row.src[0] = (const char *)(sources + place * STEPS * steps);
    row.weights = weights + place * steps * at->words;
    row.dst = (char *)(products + place * STEPS * at->channels);
    kernel->row(&row);
  }
  float sums[2][CK_TRAIN_BLOCK] = {{0}};
  kernel->transforms->outputs(products, STEPS * at->channels, args, at, tiles, count, args->moments ? sums[0] : NULL);
  if (!args->moments) return;
  const int32_t first = ck_train_first_output(&args->layer, at), out = args->layer.out[0] + args->layer.out[1];
  for (int32_t o = 0; o < at->channels; o++) {
    args->moments[first + o] += (double)sums[0][o];
    args->moments[out + first + o] += (double)sums[1][o];
  }
}

void ck_train_winograd_convolve(const ck_train_kernel *kernel, const ck_train_args *args) {
  const ptrdiff_t stride = STEPS * steps_of(kernel, &args->layer);
  ck_train_tile tiles[STEPS];
  walk at = {.row = args->row_begin, .row_end = args->row_end};
  for (int32_t count; (count = next_tiles(&at, &args->dst[0], tiles, STEPS)) > 0;) {
    kernel->transforms->inputs(args->scratch, stride, &args->layer, args->src, tiles, count);
    ck_train_block block;
    for (bool more = ck_train_advance(kernel, &args->layer, &block, true); more;
         more = ck_train_advance(kernel, &args->layer, &block, false)) {
      do_block(kernel, args, &block, tiles, count);
    }
  }
}

/// What a gradient by the weights has in its scratch memory.
typedef struct scratch {
  ptrdiff_t in;
  uint32_t *sources;  ///< [place][STEPS][in]
  uint32_t *slopes;   ///< [place][STEPS][OUTPUTS]
  float *products;    ///< [place][OUTPUTS][in]: summed over tiles
} scratch;

size_t ck_train_winograd_gradient_scratch_size(const ck_train_layer *layer) {
  const size_t in = (size_t)inputs_of(layer);
  return sizeof(float) * PLACES * (STEPS * (in + OUTPUTS) + OUTPUTS * in);
}

/// The products of `count` words at one place.
static void multiply_place(const ck_train_kernel *kernel, const scratch *s, int32_t place, int32_t count,
                           int32_t channels, bool adds) {
  const uint32_t *slopes = s->slopes + place * STEPS * OUTPUTS, *sources = s->sources + place * STEPS * s->in;
  ck_train_products to = {.gradients = &slopes, .gradient_step = OUTPUTS, .sources = &sources, .step = s->in};
  to.row_count = 1, to.width = count, to.adds = adds, to.part_stride = s->in;
  for (int32_t first = 0; first < s->in; first += to.run) {
    to.run = ck_train_next_block(kernel, (int32_t)s->in - first);
    to.offset = first;
    for (int32_t o = 0; o < channels; o += CK_TRAIN_OUTPUTS) {
      to.gradient_offset = o;
      to.part = s->products + (place * OUTPUTS + o) * s->in + first;
      kernel->products(&to);
    }
  }
}

void ck_train_winograd_weight_gradient(const ck_train_kernel *kernel, const ck_train_gradient_args *args) {
  scratch s = {.in = inputs_of(&args->layer), .sources = args->scratch};
  s.slopes = s.sources + PLACES * STEPS * s.in;
  s.products = (float *)s.slopes + PLACES * STEPS * OUTPUTS;
  const ck_train_transforms *transforms = kernel->transforms;
  ck_train_tile tiles[2 * STEPS];
  for (int32_t first = args->channel_begin, channels; first < args->channel_end; first += channels) {
    channels = args->channel_end - first < OUTPUTS ? args->channel_end - first : OUTPUTS;
    walk at = {.row = args->row_begin, .row_end = args->row_end};
    bool adds = false;
    for (int32_t count; (count = next_tiles(&at, &args->gradient, tiles, kernel->pair * STEPS)) > 0; adds = true) {
      transforms->words(s.sources, STEPS * s.in, &args->layer, args->src, tiles, count);
      transforms->gradients(s.slopes, STEPS * OUTPUTS, &args->gradient, tiles, count, first, channels);
      const int32_t words = (count + kernel->pair - 1) / kernel->pair;
      for (int32_t place = 0; place < PLACES; place++) multiply_place(kernel, &s, place, words, channels, adds);
    }
    if (!adds) memset(s.products, 0, sizeof(float) * PLACES * (size_t)(OUTPUTS * s.in));
    transforms->parts(s.products, OUTPUTS * s.in, args, first, channels);
  }
}
