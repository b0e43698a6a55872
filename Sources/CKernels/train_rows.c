// Convolutions of training as rows of products: packing, and the loops over blocks of outputs and rows.
#include "train_rows.h"

#include <string.h>

int32_t ck_train_next_block(const ck_train_kernel *kernel, int32_t channels) {
  const int32_t lanes = kernel->lanes, most = kernel->vectors;
  const bool half = channels % lanes != 0;
  if (channels < lanes || (half && channels < 2 * lanes)) return channels;
  const int32_t vectors = (channels - (half ? lanes + lanes / 2 : 0)) / lanes;
  // Four vectors are two and two rather than three and one.
  return lanes * (vectors <= most ? vectors : vectors == 4 ? 2 : most);
}

static int32_t group_count(const ck_train_layer *layer) {
  return layer->kind == CK_TRAIN_UPCONV2X2 ? 4 : layer->out[1] ? 2 : 1;
}

static int32_t group_channels(const ck_train_layer *layer, int32_t group) {
  return layer->kind == CK_TRAIN_UPCONV2X2 ? layer->out[0] : layer->out[group];
}

static int32_t round_up(int32_t n, int32_t unit) { return (n + unit - 1) / unit * unit; }

bool ck_train_advance(const ck_train_kernel *kernel, const ck_train_layer *layer, ck_train_block *at, bool is_first) {
  if (is_first) {
    *at = (ck_train_block){0};
  } else {
    at->first += at->channels;
    at->before += at->words;
    if (at->first == group_channels(layer, at->group)) at->group++, at->first = 0;
  }
  if (at->group == group_count(layer)) return false;
  at->channels = ck_train_next_block(kernel, group_channels(layer, at->group) - at->first);
  at->words = round_up(at->channels, kernel->lanes);
  return true;
}

/// Windows as runs of memory: `rows` rows of `across` taps.
typedef struct window {
  int32_t rows, across;
} window;

static window window_of(ck_train_kind kind) {
  return kind == CK_TRAIN_UPCONV2X2        ? (window){1, 1}
         : kind == CK_TRAIN_UPCONV2X2_BACK ? (window){2, 2}
                                           : (window){3, 3};
}

/// Words of an output's window.
static ptrdiff_t steps_of(const ck_train_kernel *kernel, const ck_train_layer *layer) {
  const window w = window_of(layer->kind);
  const int32_t places = ck_train_is_winograd(kernel, layer) ? CK_TRAIN_PLACES : w.rows * w.across;
  return (ptrdiff_t)places * (layer->in[0] + layer->in[1]) / kernel->pair;
}

int32_t ck_train_rows_block_count(const ck_train_kernel *kernel, const ck_train_layer *layer) {
  int32_t count = 0;
  ck_train_block at;
  for (bool more = ck_train_advance(kernel, layer, &at, true); more; more = ck_train_advance(kernel, layer, &at, false))
    count++;
  return count;
}

size_t ck_train_rows_packed_size(const ck_train_kernel *kernel, const ck_train_layer *layer) {
  ck_train_block at;
  for (bool more = ck_train_advance(kernel, layer, &at, true); more;)
    more = ck_train_advance(kernel, layer, &at, false);
  return sizeof(uint32_t) * (size_t)(at.before * steps_of(kernel, layer));
}

/// Packs `steps` steps of one tap of one source for a block; `weights` is at the block's first output.
static void pack_tap(const ck_train_kernel *kernel, uint32_t *packed, const float *weights, ck_train_strides strides,
                     int32_t steps, const ck_train_block *at) {
  for (int32_t k = 0; k < steps; k++, packed += at->words, weights += kernel->pair * strides.in) {
    for (int32_t o = 0; o < at->channels; o++) {
      const float *w = weights + o * strides.out;
      if (kernel->pair == 2) {
        packed[o] = ck_bf16(w[0]) | (uint32_t)ck_bf16(w[strides.in]) << 16;
      } else {
        memcpy(packed + o, w, sizeof *w);
      }
    }
    const int32_t half = at->words - at->channels;
    if (half == 0) continue;
    if (at->channels > half) {
      memcpy(packed + at->channels, packed + at->channels - half, sizeof *packed * (size_t)half);
    } else {
      memset(packed + at->channels, 0, sizeof *packed * (size_t)half);
    }
  }
}

static void pack_block(const ck_train_kernel *kernel, uint32_t *packed, const float *weights,
                       const ck_train_layer *layer, const ck_train_block *at) {
  const ck_train_strides strides = ck_train_weight_strides(layer);
  const window w = window_of(layer->kind);
  const bool up = layer->kind == CK_TRAIN_UPCONV2X2;
  const int32_t first = ck_train_first_output(layer, at);
  for (int32_t ky = 0; ky < w.rows; ky++) {
    for (int32_t s = 0; s < (layer->in[1] ? 2 : 1); s++) {
      const int32_t steps = layer->in[s] / kernel->pair;
      for (int32_t kx = 0; kx < w.across; kx++, packed += (ptrdiff_t)steps * at->words) {
        const int32_t tap = up ? at->group : ky * w.across + kx;
        const float *from =
            weights + strides.first + first * strides.out + tap * strides.tap + (s ? layer->in[0] : 0) * strides.in;
        pack_tap(kernel, packed, from, strides, steps, at);
      }
    }
  }
}

void ck_train_rows_pack(const ck_train_kernel *kernel, void *packed, const float *weights, const ck_train_layer *layer,
                        int32_t block_begin, int32_t block_end) {
  const ptrdiff_t steps = steps_of(kernel, layer);
  int32_t index = 0;
  ck_train_block at;
  for (bool more = ck_train_advance(kernel, layer, &at, true); more;
       more = ck_train_advance(kernel, layer, &at, false), index++) {
    if (index < block_begin || index >= block_end) continue;
    uint32_t *to = (uint32_t *)packed + at.before * steps;
    if (ck_train_is_winograd(kernel, layer)) {
      kernel->transforms->weights(to, weights, layer, &at);
    } else {
      pack_block(kernel, to, weights, layer, &at);
    }
  }
}

/// Sets the segments of row y of picture n.
static void set_sources(ck_train_row *row, const ck_train_kernel *kernel, const ck_train_args *args, int32_t n,
                        int32_t y) {
  const ck_train_kind kind = args->layer.kind;
  const window w = window_of(kind);
  const int32_t stride = kind == CK_TRAIN_CONV3X3_STRIDE2 || kind == CK_TRAIN_UPCONV2X2_BACK ? 2 : 1;
  const int32_t before = w.rows == 3 ? 1 : 0;
  row->segments = 0;
  for (int32_t ky = 0; ky < w.rows; ky++) {
    for (int32_t s = 0; s < (args->layer.in[1] ? 2 : 1); s++, row->segments++) {
      const ck_batch *src = &args->src[s];
      row->src[row->segments] = ck_batch_pixel(src, n, stride * y + ky - before, -before);
      row->pixel_step[row->segments] = stride * src->channels * ck_real_size(src->real);
      row->steps[row->segments] = w.across * src->channels / kernel->pair;
      // Of the next row's window the last `stride` rows are new.
      row->ahead[row->segments] = ky + stride >= w.rows ? stride * src->row_stride : 0;
    }
  }
}

/// Does a block of outputs of a row.
static void do_row(const ck_train_kernel *kernel, const ck_train_args *args, const ck_train_block *at,
                   ck_train_row *row, int32_t r) {
  const bool up = args->layer.kind == CK_TRAIN_UPCONV2X2;
  const int32_t height = up ? args->src[0].height : args->dst[0].height, n = r / height, y = r % height;
  const int32_t out = args->layer.out[0] + args->layer.out[1];
  const int32_t first = ck_train_first_output(&args->layer, at);
  const ck_batch *dst = &args->dst[up ? 0 : at->group];
  float sums[2][CK_TRAIN_BLOCK] = {{0}};
  set_sources(row, kernel, args, n, y);
  row->dst = up ? ck_batch_pixel(dst, n, 2 * y + at->group / 2, at->group % 2) : ck_batch_pixel(dst, n, y, 0);
  row->dst += at->first * ck_real_size(dst->real);
  row->dst_step = (up ? 2 : 1) * dst->channels * ck_real_size(dst->real);
  row->dst_real = dst->real;
  row->bias = args->bias ? args->bias + first : NULL;
  row->sums = args->moments ? sums[0] : NULL;
  kernel->row(row);
  if (!args->moments) return;
  for (int32_t o = 0; o < at->channels; o++) {
    args->moments[first + o] += (double)sums[0][o];
    args->moments[out + first + o] += (double)sums[1][o];
  }
}

/// Rows that are done before the next block of outputs: their sources stay in half of a second-level cache.
static int32_t band_of(const ck_train_args *args) {
  ptrdiff_t bytes = 0;
  for (int32_t s = 0; s < (args->layer.in[1] ? 2 : 1); s++) {
    bytes += (ptrdiff_t)args->src[s].width * args->src[s].channels * ck_real_size(args->src[s].real);
  }
  const ptrdiff_t rows = (512 << 10) / bytes;
  return rows < 4 ? 4 : (int32_t)rows;
}

void ck_train_rows_convolve(const ck_train_kernel *kernel, const ck_train_args *args) {
  const ptrdiff_t steps = steps_of(kernel, &args->layer);
  const int32_t band = band_of(args);
  ck_train_row row = {.rectifies = args->rectifies};
  row.width = args->layer.kind == CK_TRAIN_UPCONV2X2 ? args->src[0].width : args->dst[0].width;
  for (int32_t begin = args->row_begin; begin < args->row_end; begin += band) {
    const int32_t end = args->row_end - begin < band ? args->row_end : begin + band;
    ck_train_block at;
    for (bool more = ck_train_advance(kernel, &args->layer, &at, true); more;
         more = ck_train_advance(kernel, &args->layer, &at, false)) {
      row.weights = (const uint32_t *)args->weights + at.before * steps;
      row.channels = at.channels;
      for (int32_t r = begin; r < end; r++) do_row(kernel, args, &at, &row, r);
    }
  }
}
