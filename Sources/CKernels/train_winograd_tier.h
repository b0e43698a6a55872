// The transforms of Winograd's form F(2x2, 3x3), which each tier compiles for its own registers: to be included where
// the tier's instruction set is switched on, with WINO_PAIR as the kernel's `pair`: 1 for f32, 2 for bf16.
//
// Vectors have 8 channels, of which all layers have multiples. A transform is the same along rows and along columns.
#include <string.h>

#include "train_rows.h"
#include "unroll.h"

typedef float wino_f32 __attribute__((vector_size(32)));
typedef int32_t wino_s32 __attribute__((vector_size(32)));
typedef uint32_t wino_u32 __attribute__((vector_size(32)));
typedef uint16_t wino_u16 __attribute__((vector_size(16)));

#define WINO_INLINE static inline __attribute__((always_inline))

enum { WINO_LANES = 8 };

WINO_INLINE wino_f32 wino_load(const float *from) {
  wino_f32 value;
  memcpy(&value, from, sizeof value);
  return value;
}

WINO_INLINE void wino_store(float *to, wino_f32 value) { memcpy(to, &value, sizeof value); }

/// 8 numbers, or zeros where there are none.
WINO_INLINE wino_f32 wino_get(const char *from, ck_real real) {
  if (!from) return (wino_f32){0};
  if (real == CK_REAL_F32) return wino_load((const float *)(const void *)from);
  wino_u16 upper;
  memcpy(&upper, from, sizeof upper);
  return (wino_f32)(__builtin_convertvector(upper, wino_u32) << 16);
}

#if WINO_PAIR == 1
enum { WINO_REAL = CK_REAL_F32 };

WINO_INLINE wino_u16 wino_round(wino_f32 value) {
  wino_u16 rounded;
  for (int i = 0; i < WINO_LANES; i++) rounded[i] = ck_bf16(value[i]);
  return rounded;
}

/// A word of each lane: of 8 numbers, or of 8 and 8 that are multiplied and added together.
WINO_INLINE wino_s32 wino_words(const wino_f32 numbers[WINO_PAIR]) { return (wino_s32)numbers[0]; }
#else
enum { WINO_REAL = CK_REAL_BF16 };

WINO_INLINE wino_u16 wino_round(wino_f32 value) { return (wino_u16)_mm256_cvtneps_pbh((__m256)value); }

/// A word of each lane: of 8 numbers, or of 8 and 8 that are multiplied and added together.
WINO_INLINE wino_s32 wino_words(const wino_f32 numbers[WINO_PAIR]) {
  const __m256i order = _mm256_setr_epi16(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  const __m256bh both = _mm256_cvtne2ps_pbh((__m256)numbers[1], (__m256)numbers[0]);
  return (wino_s32)_mm256_permutexvar_epi16(order, (__m256i)both);
}
#endif

WINO_INLINE void wino_put(char *dst, ck_real real, wino_f32 value) {
  if (real == CK_REAL_F32) {
    wino_store((float *)(void *)dst, value);
    return;
  }
  const wino_u16 rounded = wino_round(value);
  memcpy(dst, &rounded, sizeof rounded);
}

WINO_INLINE void wino_store_words(uint32_t *to, wino_s32 words) { memcpy(to, &words, sizeof words); }

/// 4 inputs transformed: those at `step` from each other.
WINO_INLINE void wino_inputs(wino_f32 *d, int step) {
  const wino_f32 first = d[0] - d[2 * step], middle = d[step] + d[2 * step];
  const wino_f32 other = d[2 * step] - d[step], last = d[step] - d[3 * step];
  d[0] = first, d[step] = middle, d[2 * step] = other, d[3 * step] = last;
}

/// Where the 4x4 inputs of a tile are: rows, and columns from there.
typedef struct wino_window {
  const char *rows[4];
  ptrdiff_t columns[4];
} wino_window;

/// The least of two places: what lies beyond the border is as zero as the border, and meets no output that there is.
WINO_INLINE int32_t wino_at_most(int32_t place, int32_t border) { return place < border ? place : border; }

WINO_INLINE wino_window wino_window_of(const ck_batch *src, const ck_train_tile *tile) {
  const ptrdiff_t step = src->channels * ck_real_size(WINO_REAL);
  wino_window window;
  for (int i = 0; i < 4; i++) {
    window.rows[i] = ck_batch_pixel(src, tile->n, wino_at_most(tile->y + i - 1, src->height), 0);
    window.columns[i] = wino_at_most(tile->x + i - 1, src->width) * step;
  }
  return window;
}

/// Transforms the inputs of 8 channels and goes on to the next.
WINO_INLINE void wino_take_inputs(wino_f32 d[16], wino_window *window) {
  UNROLL for (int i = 0; i < 16; i++) d[i] = wino_get(window->rows[i / 4] + window->columns[i % 4], WINO_REAL);
  UNROLL for (int x = 0; x < 4; x++) wino_inputs(d + x, 4);
  UNROLL for (int y = 0; y < 4; y++) wino_inputs(d + 4 * y, 1);
  for (int i = 0; i < 4; i++) window->rows[i] += WINO_LANES * ck_real_size(WINO_REAL);
}

/// The inputs as words of as many tiles as a word has numbers.
static void winograd_words(uint32_t *words, ptrdiff_t stride, const ck_train_layer *layer, const ck_batch src[2],
                           const ck_train_tile *tiles, int32_t count) {
  for (int32_t t = 0; t < count; t += WINO_PAIR) {
    for (int32_t s = 0; s < (layer->in[1] ? 2 : 1); s++) {
      wino_window windows[WINO_PAIR];
      for (int32_t p = 0; p < WINO_PAIR; p++) windows[p] = wino_window_of(&src[s], &tiles[t + (t + p < count ? p : 0)]);
      for (int32_t c = 0; c < src[s].channels; c += WINO_LANES, words += WINO_LANES) {
        wino_f32 d[WINO_PAIR][16];
        UNROLL for (int p = 0; p < WINO_PAIR; p++) wino_take_inputs(d[p], &windows[p]);
        UNROLL for (int i = 0; i < 16; i++) {
          const wino_f32 numbers[2] = {d[0][i], d[WINO_PAIR - 1][i]};
          wino_store_words(words + i * stride, wino_words(numbers));
        }
      }
    }
  }
}

#if WINO_PAIR == 2
/// The inputs as numbers, tile by tile.
static void winograd_numbers(uint32_t *words, ptrdiff_t stride, const ck_train_layer *layer, const ck_batch src[2],
                             const ck_train_tile *tiles, int32_t count) {
  char *numbers = (char *)words;
  for (int32_t t = 0; t < count; t++) {
    for (int32_t s = 0; s < (layer->in[1] ? 2 : 1); s++) {
      wino_window window = wino_window_of(&src[s], &tiles[t]);
      for (int32_t c = 0; c < src[s].channels; c += WINO_LANES, numbers += WINO_LANES * ck_real_size(WINO_REAL)) {
        wino_f32 d[16];
        wino_take_inputs(d, &window);
        UNROLL for (int i = 0; i < 16; i++) wino_put(numbers + 4 * i * stride, WINO_REAL, d[i]);
      }
    }
  }
}
#endif

/// 3 weights to 4.
WINO_INLINE void wino_weights(wino_f32 *to, const wino_f32 *g, int step) {
  const wino_f32 ends = 0.5f * (g[0] + g[2 * step]), middle = 0.5f * g[step];
  to[0] = g[0], to[step] = ends + middle, to[2 * step] = ends - middle, to[3 * step] = g[2 * step];
}

/// Transforms the weights of an input and 8 outputs.
WINO_INLINE void wino_take_weights(wino_f32 u[16], const float *from, ck_train_strides strides) {
  wino_f32 g[12], rows[16];  // g: rows of 4, of which 3 are there
  for (int tap = 0; tap < 9; tap++) {
    for (int lane = 0; lane < WINO_LANES; lane++) {
      g[tap / 3 * 4 + tap % 3][lane] = from[lane * strides.out + tap * strides.tap];
    }
  }
  UNROLL for (int x = 0; x < 3; x++) wino_weights(rows + x, g + x, 4);
  UNROLL for (int y = 0; y < 4; y++) wino_weights(u + 4 * y, rows + 4 * y, 1);
}

static void winograd_weights(uint32_t *packed, const float *weights, const ck_train_layer *layer,
                             const ck_train_block *at) {
  const ck_train_strides strides = ck_train_weight_strides(layer);
  const int32_t steps = (layer->in[0] + layer->in[1]) / WINO_PAIR, half = at->words - at->channels;
  weights += strides.first + ck_train_first_output(layer, at) * strides.out;
  for (int32_t k = 0; k < steps; k++, weights += WINO_PAIR * strides.in) {
    for (int32_t o = 0; o < at->channels; o += WINO_LANES) {
      wino_f32 u[WINO_PAIR][16];
      UNROLL for (int p = 0; p < WINO_PAIR; p++) {
        wino_take_weights(u[p], weights + o * strides.out + p * strides.in, strides);
      }
      UNROLL for (int place = 0; place < 16; place++) {
        const wino_f32 numbers[2] = {u[0][place], u[WINO_PAIR - 1][place]};
        const wino_s32 words = wino_words(numbers);
        uint32_t *to = packed + ((ptrdiff_t)place * steps + k) * at->words + o;
        wino_store_words(to, words);
        // A block of 1.5 vectors has its last 8 outputs twice, one of half a vector has zeros.
        if (half && o + WINO_LANES == at->channels) {
          wino_store_words(to + half, at->channels > half ? words : (wino_s32){0});
        }
      }
    }
  }
}

/// A tile's pixels from channel c on, NULL where there are none.
WINO_INLINE void wino_pixels(char *pixels[4], const ck_batch *batch, const ck_train_tile *tile, int32_t c) {
  const ptrdiff_t size = ck_real_size(batch->real), step = batch->channels * size;
  char *pixel = ck_batch_pixel(batch, tile->n, tile->y, tile->x) + c * size;
  const bool wide = tile->columns == 2, high = tile->rows == 2;
  pixels[0] = pixel;
  pixels[1] = wide ? pixel + step : NULL;
  pixels[2] = high ? pixel + batch->row_stride : NULL;
  pixels[3] = wide && high ? pixel + batch->row_stride + step : NULL;
}

/// Goes on to the next 8 channels.
WINO_INLINE void wino_advance(char *pixels[4], ptrdiff_t size) {
  UNROLL for (int i = 0; i < 4; i++) pixels[i] = pixels[i] ? pixels[i] + WINO_LANES * size : NULL;
}

/// 4 sums to 2.
WINO_INLINE void wino_outputs(wino_f32 *to, const wino_f32 *m, int step) {
  to[0] = m[0] + m[step] + m[2 * step];
  to[step] = m[step] - m[2 * step] - m[3 * step];
}

/// Transforms the products of 8 outputs of a tile back and stores them.
WINO_INLINE void wino_tile_outputs(char *const pixels[4], ck_real real, const float *from, ptrdiff_t stride,
                                   wino_f32 start, bool rectifies, float *sums) {
  wino_f32 m[16], rows[8], out[4], sum = {0}, squares = {0};
  UNROLL for (int i = 0; i < 16; i++) m[i] = wino_load(from + i * stride);
  UNROLL for (int x = 0; x < 4; x++) wino_outputs(rows + x, m + x, 4);
  UNROLL for (int y = 0; y < 2; y++) wino_outputs(out + 2 * y, rows + 4 * y, 1);
  UNROLL for (int i = 0; i < 4; i++) {
    if (!pixels[i]) continue;
    wino_f32 value = out[i] + start;
    if (rectifies) value = (wino_f32)((wino_s32)value & ~(value < 0));
    sum += value;
    squares += value * value;
    wino_put(pixels[i], real, value);
  }
  if (!sums) return;
  wino_store(sums, wino_load(sums) + sum);
  wino_store(sums + CK_TRAIN_BLOCK, wino_load(sums + CK_TRAIN_BLOCK) + squares);
}

static void winograd_outputs(const float *products, ptrdiff_t stride, const ck_train_args *args,
                             const ck_train_block *at, const ck_train_tile *tiles, int32_t count, float *sums) {
  const ck_batch *dst = &args->dst[at->group];
  const float *bias = args->bias ? args->bias + ck_train_first_output(&args->layer, at) : NULL;
  const ptrdiff_t size = ck_real_size(dst->real);
  for (int32_t t = 0; t < count; t++) {
    char *pixels[4];
    wino_pixels(pixels, dst, &tiles[t], at->first);
    for (int32_t o = 0; o < at->channels; o += WINO_LANES, products += WINO_LANES) {
      const wino_f32 start = bias ? wino_load(bias + o) : (wino_f32){0};
      wino_tile_outputs(pixels, dst->real, products, stride, start, args->rectifies, sums ? sums + o : NULL);
      wino_advance(pixels, size);
    }
  }
}

/// 2 gradients to 4.
WINO_INLINE void wino_gradients(wino_f32 *to, const wino_f32 *g, int step) {
  to[0] = g[0], to[step] = g[0] + g[step], to[2 * step] = g[0] - g[step], to[3 * step] = -g[step];
}

/// Transforms the gradients of 8 outputs of a tile and goes on to the next.
WINO_INLINE void wino_take_gradients(wino_f32 places[16], char *pixels[4], ck_real real) {
  wino_f32 g[4], rows[8];
  UNROLL for (int i = 0; i < 4; i++) g[i] = wino_get(pixels[i], real);
  UNROLL for (int x = 0; x < 2; x++) wino_gradients(rows + x, g + x, 2);
  UNROLL for (int y = 0; y < 4; y++) wino_gradients(places + 4 * y, rows + 2 * y, 1);
  wino_advance(pixels, ck_real_size(real));
}

static void winograd_gradients(uint32_t *words, ptrdiff_t stride, const ck_batch *gradient, const ck_train_tile *tiles,
                               int32_t count, int32_t first, int32_t channels) {
  for (int32_t t = 0; t < count; t += WINO_PAIR, words += CK_TRAIN_BLOCK) {
    char *pixels[WINO_PAIR][4] = {{NULL}};
    for (int32_t p = 0; p < WINO_PAIR && t + p < count; p++) wino_pixels(pixels[p], gradient, &tiles[t + p], first);
    for (int32_t o = 0; o < channels; o += WINO_LANES) {
      wino_f32 places[WINO_PAIR][16];
      UNROLL for (int p = 0; p < WINO_PAIR; p++) wino_take_gradients(places[p], pixels[p], gradient->real);
      UNROLL for (int i = 0; i < 16; i++) {
        const wino_f32 numbers[2] = {places[0][i], places[WINO_PAIR - 1][i]};
        wino_store_words(words + o + i * stride, wino_words(numbers));
      }
    }
  }
}

/// 4 sums to 3 weights.
WINO_INLINE void wino_parts(wino_f32 *to, const wino_f32 *m, int to_step, int step) {
  const wino_f32 both = 0.5f * (m[step] + m[2 * step]);
  to[0] = m[0] + both, to[to_step] = 0.5f * (m[step] - m[2 * step]), to[2 * to_step] = both + m[3 * step];
}

static void winograd_parts(const float *sums, ptrdiff_t stride, const ck_train_gradient_args *args, int32_t first,
                           int32_t channels) {
  for (int32_t o = first; o < first + channels; o++) {
    for (int32_t s = 0; s < (args->layer.in[1] ? 2 : 1); s++) {
      for (int32_t i = 0; i < args->layer.in[s]; i += WINO_LANES, sums += WINO_LANES) {
        wino_f32 m[16], rows[12], taps[9];
        UNROLL for (int place = 0; place < 16; place++) m[place] = wino_load(sums + place * stride);
        UNROLL for (int x = 0; x < 4; x++) wino_parts(rows + x, m + x, 4, 4);
        UNROLL for (int y = 0; y < 3; y++) wino_parts(taps + 3 * y, rows + 4 * y, 1, 1);
        for (int tap = 0; tap < 9; tap++) {
          float *part = args->part + ck_train_part_offset(&args->layer, o, tap, s) + i;
          wino_store(part, args->adds ? wino_load(part) + taps[tap] : taps[tap]);
        }
      }
    }
  }
}

static const ck_train_transforms transforms = {
#if WINO_PAIR == 2
    .inputs = winograd_numbers,
#else
    .inputs = winograd_words,
#endif
    .words = winograd_words,
    .weights = winograd_weights,
    .outputs = winograd_outputs,
    .gradients = winograd_gradients,
    .parts = winograd_parts,
};
