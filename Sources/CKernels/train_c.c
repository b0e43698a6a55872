// Tier `c` of the training kernels: the reference, as the definitions have it.
#include <string.h>

#include "train.h"

/// Outputs that are summed at once, so that the compiler has vectors.
enum { GROUP = 8 };

// Packed: f32 [taps][I][O], rounded to bf16 for bf16 sources. A transposed convolution has its places as taps.
static size_t packed_size(const ck_train_layer *layer) {
  return sizeof(float) * ck_train_taps(layer->kind) * (size_t)(layer->in[0] + layer->in[1]) *
         (size_t)(layer->out[0] + layer->out[1]);
}

static int32_t block_count(const ck_train_layer *layer) { return ck_train_taps(layer->kind); }

static void pack(float *packed, const float *weights, const ck_train_layer *layer, int32_t tap_begin, int32_t tap_end,
                 ck_real real) {
  const ck_train_strides strides = ck_train_weight_strides(layer);
  const int32_t in = layer->in[0] + layer->in[1], out = layer->out[0] + layer->out[1];
  for (int32_t tap = tap_begin; tap < tap_end; tap++) {
    for (int32_t i = 0; i < in; i++) {
      for (int32_t o = 0; o < out; o++) {
        const float w = weights[strides.first + o * strides.out + tap * strides.tap + i * strides.in];
        packed[((ptrdiff_t)tap * in + i) * out + o] = real == CK_REAL_BF16 ? ck_bf16_value(ck_bf16(w)) : w;
      }
    }
  }
}

static void pack_f32(void *packed, const float *weights, const ck_train_layer *layer, int32_t begin, int32_t end) {
  pack(packed, weights, layer, begin, end, CK_REAL_F32);
}

static void pack_bf16(void *packed, const float *weights, const ck_train_layer *layer, int32_t begin, int32_t end) {
  pack(packed, weights, layer, begin, end, CK_REAL_BF16);
}

/// Adds one tap at source pixel (n, y, x) to the sums of outputs first ..< first + GROUP.
static void add_tap(float sums[GROUP], const ck_train_args *args, int32_t tap, int32_t n, int32_t y, int32_t x,
                    int32_t first) {
  const int32_t in = args->layer.in[0] + args->layer.in[1], out = args->layer.out[0] + args->layer.out[1];
  const float *w = (const float *)args->weights + (ptrdiff_t)tap * in * out + first;
  for (int32_t s = 0; s < (args->layer.in[1] ? 2 : 1); s++) {
    const char *pixel = ck_batch_pixel(&args->src[s], n, y, x);
    for (int32_t i = 0; i < args->layer.in[s]; i++, w += out) {
      const float value = ck_real_at(pixel, args->src[s].real, i);
      for (int32_t o = 0; o < GROUP; o++) sums[o] += value * w[o];
    }
  }
}

/// The sums of one pixel of the destination: all taps of its window.
static void add_window(float sums[GROUP], const ck_train_args *args, int32_t n, int32_t y, int32_t x, int32_t first) {
  const int32_t stride = args->layer.kind == CK_TRAIN_CONV3X3_STRIDE2 ? 2 : 1;
  if (args->layer.kind == CK_TRAIN_UPCONV2X2) {
    add_tap(sums, args, 2 * (y % 2) + x % 2, n, y / 2, x / 2, first);
  } else if (args->layer.kind == CK_TRAIN_UPCONV2X2_BACK) {
    for (int32_t tap = 0; tap < 4; tap++) add_tap(sums, args, tap, n, 2 * y + tap / 2, 2 * x + tap % 2, first);
  } else {
    for (int32_t tap = 0; tap < 9; tap++) {
      add_tap(sums, args, tap, n, stride * y + tap / 3 - 1, stride * x + tap % 3 - 1, first);
    }
  }
}

/// Stores outputs first ..< first + GROUP of a pixel, all of one destination.
static void store(const ck_train_args *args, const float sums[GROUP], int32_t n, int32_t y, int32_t x, int32_t first) {
  const int32_t out = args->layer.out[0] + args->layer.out[1];
  const bool second = first >= args->layer.out[0];
  const ck_batch *dst = &args->dst[second];
  char *pixel = ck_batch_pixel(dst, n, y, x);
  for (int32_t o = 0; o < GROUP; o++) {
    const float value = args->rectifies && sums[o] < 0 ? 0 : sums[o];
    const int32_t at = first + o - (second ? args->layer.out[0] : 0);
    if (dst->real == CK_REAL_BF16) {
      ((uint16_t *)(void *)pixel)[at] = ck_bf16(value);
    } else {
      ((float *)(void *)pixel)[at] = value;
    }
    if (!args->moments) continue;
    args->moments[first + o] += (double)value;
    args->moments[out + first + o] += (double)value * (double)value;
  }
}

static size_t convolve_scratch_size(const ck_train_layer *layer) {
  (void)layer;
  return 0;
}

static void convolve(const ck_train_args *args) {
  const int32_t up = args->layer.kind == CK_TRAIN_UPCONV2X2 ? 2 : 1, out = args->layer.out[0] + args->layer.out[1];
  for (int32_t r = up * args->row_begin; r < up * args->row_end; r++) {
    const int32_t n = r / args->dst[0].height, y = r % args->dst[0].height;
    for (int32_t x = 0; x < args->dst[0].width; x++) {
      for (int32_t first = 0; first < out; first += GROUP) {
        float sums[GROUP] = {0};
        if (args->bias) memcpy(sums, args->bias + first, sizeof sums);
        add_window(sums, args, n, y, x, first);
        store(args, sums, n, y, x, first);
      }
    }
  }
}

static int32_t gradient_block(const ck_train_layer *layer) {
  (void)layer;
  return GROUP;
}

static size_t gradient_scratch_size(const ck_train_layer *layer, int32_t width) {
  (void)layer, (void)width;
  return 0;
}

/// Adds the products of a source pixel's channels and a gradient's to the part of one tap.
static void add_products(const ck_train_gradient_args *args, int32_t tap, const char *pixels[2], const char *gradient) {
  for (int32_t o = args->channel_begin; o < args->channel_end; o++) {
    const float slope = ck_real_at(gradient, args->gradient.real, o);
    for (int32_t s = 0; s < (args->layer.in[1] ? 2 : 1); s++) {
      float *part = args->part + ck_train_part_offset(&args->layer, o, tap, s);
      for (int32_t i = 0; i < args->layer.in[s]; i++) part[i] += slope * ck_real_at(pixels[s], args->src[s].real, i);
    }
  }
}

static void weight_gradient(const ck_train_gradient_args *args) {
  const bool up = args->layer.kind == CK_TRAIN_UPCONV2X2;
  const int32_t stride = args->layer.kind == CK_TRAIN_CONV3X3_STRIDE2 ? 2 : 1;
  const ck_batch *domain = up ? &args->src[0] : &args->gradient;
  if (!args->adds) ck_train_clear_part(args);
  for (int32_t r = args->row_begin; r < args->row_end; r++) {
    const int32_t n = r / domain->height, y = r % domain->height;
    for (int32_t x = 0; x < domain->width; x++) {
      for (int32_t tap = 0; tap < ck_train_taps(args->layer.kind); tap++) {
        const int32_t sy = up ? y : stride * y + tap / 3 - 1, sx = up ? x : stride * x + tap % 3 - 1;
        const int32_t gy = up ? 2 * y + tap / 2 : y, gx = up ? 2 * x + tap % 2 : x;
        const char *pixels[2] = {ck_batch_pixel(&args->src[0], n, sy, sx), NULL};
        if (args->layer.in[1]) pixels[1] = ck_batch_pixel(&args->src[1], n, sy, sx);
        add_products(args, tap, pixels, ck_batch_pixel(&args->gradient, n, gy, gx));
      }
    }
  }
}

static int64_t peak(int64_t rounds) {
  enum { SUMS = 64 };
  float value = 0.5f, weights[SUMS] = {0}, sums[SUMS] = {0};
  for (int64_t round = 0; round < rounds; round++) {
    for (int32_t i = 0; i < SUMS; i++) sums[i] += value * weights[i];
    __asm__ volatile("" : "+m"(value), "+m"(weights));  // opaque: the products must be made anew in every round
  }
  __asm__ volatile("" ::"m"(sums));
  return rounds * SUMS;
}

const ck_train_table ck_train_table_c_f32 = {
    .tier = CK_TRAIN_TIER_C,
    .real = CK_REAL_F32,
    .block_count = block_count,
    .packed_size = packed_size,
    .pack = pack_f32,
    .convolve_scratch_size = convolve_scratch_size,
    .convolve = convolve,
    .gradient_block = gradient_block,
    .gradient_scratch_size = gradient_scratch_size,
    .weight_gradient = weight_gradient,
    .peak = peak,
};

const ck_train_table ck_train_table_c_bf16 = {
    .tier = CK_TRAIN_TIER_C,
    .real = CK_REAL_BF16,
    .block_count = block_count,
    .packed_size = packed_size,
    .pack = pack_bf16,
    .convolve_scratch_size = convolve_scratch_size,
    .convolve = convolve,
    .gradient_block = gradient_block,
    .gradient_scratch_size = gradient_scratch_size,
    .weight_gradient = weight_gradient,
    .peak = peak,
};
