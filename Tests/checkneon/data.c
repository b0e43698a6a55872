// Random numbers, and the data of layers.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

const char *const content_names[CONTENTS] = {"uniform",    "extreme low", "extreme high", "impulse",
                                             "zero point", "ties",        "large"};
const int32_t checked_widths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 19, 25, 27, 35, 0};
const int32_t checked_channels[] = {1, 3, 4, 15, 16, 17, 24, 48, 64, 0};

void check_note(check *run, bool passed, const char *format, ...) {
  run->cases++;
  if (passed || run->failures++ >= 10) return;
  va_list words;
  va_start(words, format);
  printf("  ");
  vprintf(format, words);
  printf("\n");
  va_end(words);
}

static uint64_t next(check *run) {
  uint64_t z = run->random += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

uint32_t check_random(check *run, uint32_t bound) { return (uint32_t)((next(run) >> 32) * bound >> 32); }

void check_random_bytes(check *run, uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)next(run);
}

/// A random number in -most...most.
static int32_t around_zero(check *run, int32_t most) { return (int32_t)check_random(run, 2 * most + 1) - most; }

static void fill_row(check *run, uint8_t *row, size_t count, content what, uint8_t zero_point) {
  switch (what) {
    case UNIFORM:
    case LARGE:
      check_random_bytes(run, row, count);
      break;
    case EXTREME_LOW:
    case EXTREME_HIGH:
      memset(row, 255, count);
      break;
    case TIES:
      for (size_t i = 0; i < count; i++) row[i] = (uint8_t)check_random(run, 4);
      break;
    default:
      memset(row, zero_point, count);
  }
}

void fill_view(check *run, const guarded_view *view, content what, uint8_t zero_point) {
  const ck_view *v = &view->view;
  const uint32_t row_bytes = (uint32_t)(v->width * v->channels);
  for (int32_t y = 0; y < v->height; y++) fill_row(run, v->data + y * v->row_stride, row_bytes, what, zero_point);
  if (what == IMPULSE) {
    v->data[check_random(run, (uint32_t)v->height) * v->row_stride + check_random(run, row_bytes)] = 255;
  }
  ck_fill_border(v, 0, v->height, zero_point);
}

static void fill_weights(check *run, guarded *weights, content what) {
  int8_t *w = (int8_t *)weights->base;
  for (size_t i = 0; i < weights->size; i++) {
    const int32_t random = what == TIES ? around_zero(run, 1) : around_zero(run, 128);
    w[i] = (int8_t)(what == EXTREME_LOW ? -128 : what == EXTREME_HIGH ? 127 : random > 127 ? 127 : random);
  }
}

layer_data layer_data_make(check *run, content what, int32_t depth, int32_t outputs) {
  const size_t padded = (size_t)(outputs + 15) / 16 * 16;
  layer_data data = {guarded_make((size_t)(depth * outputs), 1), guarded_make(padded * sizeof(int32_t), 1),
                     guarded_make(padded * sizeof(float), 1)};
  fill_weights(run, &data.weights, what);
  int32_t *bias = (int32_t *)(void *)data.bias.base;
  float *multiplier = (float *)(void *)data.multiplier.base;
  memset(bias, 0, data.bias.size);
  memset(multiplier, 0, data.multiplier.size);
  // A sum of `depth` random products is about 255 * 128 / 3 * sqrt(depth): most codes land inside of 0...255.
  const float typical = 1 / (60 * sqrtf((float)depth));
  for (int32_t o = 0; o < outputs; o++) {
    bias[o] = what == TIES ? around_zero(run, 20) : around_zero(run, what == LARGE ? 1000000000 : 20000);
    const float spread = 0.1f + 0.01f * (float)check_random(run, 140);
    multiplier[o] = what == TIES ? 0.5f : what == LARGE ? (o % 2 ? 1e-7f : 1e7f) * spread : typical * spread;
  }
  return data;
}

void layer_data_free(layer_data *data) {
  guarded_free(&data->weights);
  guarded_free(&data->bias);
  guarded_free(&data->multiplier);
}
