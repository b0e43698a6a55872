// The loops of training's passes over pixels, which each tier compiles for its own registers.
//
// Vectors have 16 elements. Where the channels are no multiple of 16, two pixels are taken at a time, so that a vector
// always meets the same channels; the odd pixel at a row's end is loaded in parts.
#ifndef CK_TRAIN_NORM_LOOPS_H
#define CK_TRAIN_NORM_LOOPS_H

#include <string.h>

#include "cktrain_norm.h"
#include "tables.h"

// Vectors never cross a call: everything here is inlined.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpsabi"
#else
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

#define CK_NORM_INLINE static inline __attribute__((always_inline))

enum { NORM_LANES = 16 };

typedef float norm_f32 __attribute__((vector_size(64)));
typedef int32_t norm_s32 __attribute__((vector_size(64)));
typedef uint32_t norm_u32 __attribute__((vector_size(64)));
typedef uint16_t norm_u16 __attribute__((vector_size(32)));

/// Elements `at` and following, `count` of them and zeros.
CK_NORM_INLINE norm_f32 norm_load(ck_real real, const void *from, int64_t at, int64_t count) {
  if (real == CK_REAL_F32) {
    norm_f32 value = {0};
    memcpy(&value, (const float *)from + at, (size_t)count * sizeof(float));
    return value;
  }
  norm_u16 upper = {0};
  memcpy(&upper, (const uint16_t *)from + at, (size_t)count * sizeof(uint16_t));
  return (norm_f32)(__builtin_convertvector(upper, norm_u32) << 16);
}

CK_NORM_INLINE void norm_store(ck_real real, void *to, int64_t at, int64_t count, norm_f32 value) {
  if (real == CK_REAL_F32) {
    memcpy((float *)to + at, &value, (size_t)count * sizeof(float));
    return;
  }
  const norm_u32 bits = (norm_u32)value;
  const norm_u16 upper = __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, norm_u16);
  memcpy((uint16_t *)to + at, &upper, (size_t)count * sizeof(uint16_t));
}

CK_NORM_INLINE norm_f32 norm_factor(const float *factors, int64_t at) {
  return norm_load(CK_REAL_F32, factors, at, NORM_LANES);
}

/// Keeps a value that is not a number, for the run's end to be told.
CK_NORM_INLINE norm_f32 norm_relu(norm_f32 z) { return (norm_f32)((norm_s32)z & ~(z < 0)); }

CK_NORM_INLINE norm_f32 norm_where(norm_s32 mask, norm_f32 value) { return (norm_f32)((norm_s32)value & mask); }

/// How a row is walked: vectors of a unit of one or two pixels, units, and elements past the last whole unit.
typedef struct norm_walk {
  int64_t unit, whole, end;
} norm_walk;

CK_NORM_INLINE norm_walk norm_walk_of(int32_t pixels, int32_t channels) {
  const int64_t unit = channels % NORM_LANES ? 2 * channels : channels;
  const int64_t end = (int64_t)pixels * channels;
  return (norm_walk){unit, end / unit * unit, end};
}

/// Elements of the vector at `at` before the row's end.
CK_NORM_INLINE int64_t norm_rest(const norm_walk *walk, int64_t at) {
  const int64_t rest = walk->end - at;
  return rest < 0 ? 0 : rest < NORM_LANES ? rest : NORM_LANES;
}

CK_NORM_INLINE void norm_forward(ck_real e, const ck_norm_row *row, const void *y, void *a) {
  const norm_walk walk = norm_walk_of(row->pixels, row->channels);
  for (int64_t first = 0; first < walk.unit; first += NORM_LANES) {
    const norm_f32 scale = norm_factor(row->scale, first), shift = norm_factor(row->shift, first);
    int64_t at = first;
    for (; at < walk.whole; at += walk.unit) {
      norm_store(e, a, at, NORM_LANES, norm_relu(norm_load(e, y, at, NORM_LANES) * scale + shift));
    }
    const int64_t rest = norm_rest(&walk, at);
    if (rest) norm_store(e, a, at, rest, norm_relu(norm_load(e, y, at, rest) * scale + shift));
  }
}

/// The four places of a 2x2 block, as they are compared: top left, top right, bottom left, bottom right.
typedef struct norm_block {
  norm_f32 value[4];
} norm_block;

CK_NORM_INLINE norm_f32 norm_larger(norm_f32 a, norm_f32 b) {
  const norm_s32 second = b > a;
  return (norm_f32)(((norm_s32)b & second) | ((norm_s32)a & ~second));
}

CK_NORM_INLINE norm_f32 norm_largest(const norm_block *block) {
  return norm_larger(norm_larger(block->value[0], block->value[1]), norm_larger(block->value[2], block->value[3]));
}

/// Activations of the block whose left column begins at element `at`; `count` channels of it.
CK_NORM_INLINE norm_block norm_block_at(ck_real e, const ck_norm_row *row, const void *const y[2], int64_t at,
                                        int64_t channel, int64_t count) {
  const norm_f32 scale = norm_load(CK_REAL_F32, row->scale, channel, count);
  const norm_f32 shift = norm_load(CK_REAL_F32, row->shift, channel, count);
  norm_block block;
  for (int place = 0; place < 4; place++) {
    const norm_f32 value = norm_load(e, y[place / 2], at + place % 2 * row->channels, count);
    block.value[place] = norm_relu(value * scale + shift);
  }
  return block;
}

CK_NORM_INLINE void norm_pool_part(ck_real e, const ck_norm_row *row, const void *const y[2], void *const a[2],
                                   void *pooled, int64_t channel, int64_t count) {
  for (int64_t x = 0; x < row->pixels / 2; x++) {
    const int64_t at = 2 * x * row->channels + channel;
    const norm_block block = norm_block_at(e, row, y, at, channel, count);
    for (int place = 0; place < 4; place++) {
      norm_store(e, a[place / 2], at + place % 2 * row->channels, count, block.value[place]);
    }
    norm_store(e, pooled, x * row->channels + channel, count, norm_largest(&block));
  }
}

CK_NORM_INLINE void norm_forward_pool(ck_real e, const ck_norm_row *row, const void *const y[2], void *const a[2],
                                      void *pooled) {
  int64_t channel = 0;
  for (; channel + NORM_LANES <= row->channels; channel += NORM_LANES) {
    norm_pool_part(e, row, y, a, pooled, channel, NORM_LANES);
  }
  if (channel < row->channels) norm_pool_part(e, row, y, a, pooled, channel, NORM_LANES / 2);
}

CK_NORM_INLINE void norm_unpool_part(ck_real e, const ck_norm_row *row, const void *const y[2], void *const g[2],
                                     const void *pooled, int64_t channel, int64_t count) {
  for (int64_t x = 0; x < row->pixels / 2; x++) {
    const int64_t at = 2 * x * row->channels + channel;
    const norm_block block = norm_block_at(e, row, y, at, channel, count);
    const norm_f32 largest = norm_largest(&block);
    const norm_f32 part = norm_load(e, pooled, x * row->channels + channel, count);
    norm_s32 left = ~(norm_s32){0};  // places that may still be the first largest
    for (int place = 0; place < 4; place++) {
      const int64_t spot = at + place % 2 * row->channels;
      const norm_s32 is_largest = (block.value[place] == largest) & left;
      norm_store(e, g[place / 2], spot, count, norm_load(e, g[place / 2], spot, count) + norm_where(is_largest, part));
      left &= ~is_largest;
    }
  }
}

CK_NORM_INLINE void norm_unpool(ck_real e, const ck_norm_row *row, const void *const y[2], void *const g[2],
                                const void *pooled) {
  int64_t channel = 0;
  for (; channel + NORM_LANES <= row->channels; channel += NORM_LANES) {
    norm_unpool_part(e, row, y, g, pooled, channel, NORM_LANES);
  }
  if (channel < row->channels) norm_unpool_part(e, row, y, g, pooled, channel, NORM_LANES / 2);
}

/// Two sums by channel, of a vector's elements each.
typedef struct norm_pair {
  norm_f32 first, second;
} norm_pair;

CK_NORM_INLINE void norm_add(const norm_pair *pair, int64_t first, int32_t channels, double *sums) {
  for (int lane = 0; lane < NORM_LANES; lane++) {
    const int64_t channel = (first + lane) % channels;
    sums[channel] += (double)pair->first[lane];
    sums[channels + channel] += (double)pair->second[lane];
  }
}

CK_NORM_INLINE void norm_moments(ck_real e, const ck_norm_row *row, const void *y, double *sums) {
  const norm_walk walk = norm_walk_of(row->pixels, row->channels);
  for (int64_t first = 0; first < walk.unit; first += NORM_LANES) {
    norm_pair pair = {{0}, {0}};
    for (int64_t at = first; at < walk.end; at += walk.unit) {
      const norm_f32 value =
          at < walk.whole ? norm_load(e, y, at, NORM_LANES) : norm_load(e, y, at, norm_rest(&walk, at));
      pair.first += value;
      pair.second += value * value;
    }
    norm_add(&pair, first, row->channels, sums);
  }
}

CK_NORM_INLINE void norm_add_gradient(norm_pair *pair, norm_f32 g, norm_f32 y, norm_f32 scale, norm_f32 shift) {
  const norm_f32 open = norm_where(y * scale + shift > 0, g);
  pair->first += open;
  pair->second += open * y;
}

CK_NORM_INLINE void norm_sums(ck_real e, const ck_norm_row *row, const void *y, const void *g, double *sums) {
  const norm_walk walk = norm_walk_of(row->pixels, row->channels);
  for (int64_t first = 0; first < walk.unit; first += NORM_LANES) {
    const norm_f32 scale = norm_factor(row->scale, first), shift = norm_factor(row->shift, first);
    norm_pair pair = {{0}, {0}};
    int64_t at = first;
    for (; at < walk.whole; at += walk.unit) {
      norm_add_gradient(&pair, norm_load(e, g, at, NORM_LANES), norm_load(e, y, at, NORM_LANES), scale, shift);
    }
    const int64_t rest = norm_rest(&walk, at);
    if (rest) norm_add_gradient(&pair, norm_load(e, g, at, rest), norm_load(e, y, at, rest), scale, shift);
    norm_add(&pair, first, row->channels, sums);
  }
}

CK_NORM_INLINE void norm_backward(ck_real e, const ck_norm_row *row, const float *const factors[3], const void *y,
                                  void *g) {
  const norm_walk walk = norm_walk_of(row->pixels, row->channels);
  for (int64_t first = 0; first < walk.unit; first += NORM_LANES) {
    const norm_f32 scale = norm_factor(row->scale, first), shift = norm_factor(row->shift, first);
    const norm_f32 a = norm_factor(factors[0], first), b = norm_factor(factors[1], first);
    const norm_f32 c = norm_factor(factors[2], first);
    for (int64_t at = first; at < walk.end; at += walk.unit) {
      const int64_t count = at < walk.whole ? NORM_LANES : norm_rest(&walk, at);
      if (count == NORM_LANES) {
        const norm_f32 value = norm_load(e, y, at, NORM_LANES);
        const norm_f32 open = norm_where(value * scale + shift > 0, norm_load(e, g, at, NORM_LANES));
        norm_store(e, g, at, NORM_LANES, open * a + value * b + c);
      } else if (count) {
        const norm_f32 value = norm_load(e, y, at, count);
        const norm_f32 open = norm_where(value * scale + shift > 0, norm_load(e, g, at, count));
        norm_store(e, g, at, count, open * a + value * b + c);
      }
    }
  }
}

CK_NORM_INLINE void norm_close(ck_real e, int64_t count, const void *a, void *g) {
  for (int64_t at = 0; at < count; at += NORM_LANES) {
    const int64_t part = count - at;
    if (part >= NORM_LANES) {
      const norm_s32 open = norm_load(e, a, at, NORM_LANES) > 0;
      norm_store(e, g, at, NORM_LANES, norm_where(open, norm_load(e, g, at, NORM_LANES)));
    } else {
      norm_store(e, g, at, part, norm_where(norm_load(e, a, at, part) > 0, norm_load(e, g, at, part)));
    }
  }
}

/// A well mixed number for element `number`: the finaliser of MurmurHash3.
CK_NORM_INLINE norm_u32 norm_hash(norm_u32 number, uint32_t key) {
  norm_u32 h = number ^ key;
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}

CK_NORM_INLINE void norm_drop(ck_real e, int64_t count, uint32_t key, uint32_t first, uint32_t threshold, float scale,
                              void *values) {
  const norm_u32 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (int64_t at = 0; at < count; at += NORM_LANES) {
    const int64_t part = count - at < NORM_LANES ? count - at : NORM_LANES;
    const norm_s32 kept = norm_hash(lanes + (first + (uint32_t)at), key) >= threshold;
    norm_store(e, values, at, part, norm_where(kept, norm_load(e, values, at, part) * scale));
  }
}

CK_NORM_INLINE void norm_widen(ck_real e, int64_t count, const void *values, float *out) {
  int64_t at = 0;
  for (; at + NORM_LANES <= count; at += NORM_LANES) {
    norm_store(CK_REAL_F32, out, at, NORM_LANES, norm_load(e, values, at, NORM_LANES));
  }
  if (at < count) norm_store(CK_REAL_F32, out, at, count - at, norm_load(e, values, at, count - at));
}

CK_NORM_INLINE void norm_narrow(ck_real e, int64_t count, const float *values, void *out) {
  int64_t at = 0;
  for (; at + NORM_LANES <= count; at += NORM_LANES) norm_store(e, out, at, NORM_LANES, norm_factor(values, at));
  if (at < count) norm_store(e, out, at, count - at, norm_load(CK_REAL_F32, values, at, count - at));
}

#endif
