// Tier `c`: 1x1 convolution to class scores and their argmax, without a tensor of logits in between.
#include <string.h>

#include "tables.h"
#include "view.h"

// Packed: s8 [class][channel].

size_t ck_head_packed_size_c(int32_t c, int32_t classes) { return (size_t)c * (size_t)classes; }

void ck_head_pack_c(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t classes) {
  memset(packed, 0, ck_head_packed_size_c(c, classes));
  for (int32_t k = 0; k < classes; k++) {
    memcpy(packed + (ptrdiff_t)k * c, weights + (ptrdiff_t)k * logical, (size_t)logical);
  }
}

/// The label of one pixel. Its scores go to `scores` unless that is NULL, the largest of them to `best`.
static uint8_t label_of(const ck_head_args *args, const uint8_t *src, float *scores, float *best) {
  const int32_t channels = args->src.channels;
  const int8_t *weights = args->weights;
  int32_t label = 0;
  for (int32_t k = 0; k < args->classes; k++) {
    int32_t acc = args->bias[k];
    for (int32_t c = 0; c < channels; c++) acc += src[c] * *weights++;
    const float score = (float)acc * args->multiplier[k];
    if (scores) scores[k] = score;
    if (k == 0 || score > *best) label = k, *best = score;
  }
  return (uint8_t)label;
}

void ck_head_argmax_u8s8_c(const ck_head_args *args) {
  const int32_t width = args->src.width, classes = args->classes;
  float kept[255], best = 0;
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    uint8_t *labels = args->labels + y * args->labels_stride;
    for (int32_t x = 0; x < width; x++) {
      float *logits = args->logits ? args->logits + ((ptrdiff_t)y * width + x) * classes : NULL;
      float *scores = logits ? logits : args->confidence ? kept : NULL;
      labels[x] = label_of(args, ck_pixel(&args->src, y, x), scores, &best);
      if (args->confidence) args->confidence[y * args->confidence_stride + x] = ck_confidence(scores, classes, best);
    }
  }
}
