// The check of the head.
#include "check.h"

static const int32_t checked_classes[] = {1, 2, 3, 4, 5, 11, 13, 16, 17, 34, 255, 0};

/// One head and how to run it.
typedef struct head {
  content what;
  int32_t width, inputs, classes;
  int32_t row_begin, row_end;
  ptrdiff_t labels_stride;
  bool with_logits, with_confidence;
} head;

enum { HEIGHT = 3 };

/// What a table makes of a head.
typedef struct outputs {
  guarded labels, logits, confidence;
} outputs;

static outputs run_head(const ck_table *table, const head *h, const layer_data *data, const guarded_view *source) {
  const int32_t stored = source->view.channels;
  guarded packed = guarded_make(table->head_packed_size(stored, h->classes), 64);
  table->head_pack((int8_t *)packed.base, (const int8_t *)data->weights.base, h->inputs, stored, h->classes);
  const outputs made = {guarded_make((size_t)((HEIGHT - 1) * h->labels_stride + h->width), 1),
                        guarded_make(sizeof(float) * (size_t)(HEIGHT * h->width * h->classes), 1),
                        guarded_make((size_t)((HEIGHT - 1) * h->labels_stride + h->width), 1)};
  const ck_head_args args = {.src = source->view,
                             .weights = (const int8_t *)packed.base,
                             .bias = (const int32_t *)(const void *)data->bias.base,
                             .multiplier = (const float *)(const void *)data->multiplier.base,
                             .classes = h->classes,
                             .labels = made.labels.base,
                             .labels_stride = h->labels_stride,
                             .logits = h->with_logits ? (float *)(void *)made.logits.base : NULL,
                             .confidence = h->with_confidence ? made.confidence.base : NULL,
                             .confidence_stride = h->labels_stride,
                             .row_begin = h->row_begin,
                             .row_end = h->row_end};
  table->head_argmax(&args);
  guarded_free(&packed);
  return made;
}

static void check_one(check *run, const head *h) {
  guarded_view source = guarded_view_make(HEIGHT, h->width, h->inputs, 4, 64);
  fill_view(run, &source, h->what, 0);
  layer_data data = layer_data_make(run, h->what, h->inputs, h->classes);
  outputs expected = run_head(run->reference, h, &data, &source), actual = run_head(run->table, h, &data, &source);
  const ptrdiff_t labels = guarded_difference(&expected.labels, &actual.labels);
  const ptrdiff_t logits = guarded_difference(&expected.logits, &actual.logits);
  const ptrdiff_t confidence = guarded_difference(&expected.confidence, &actual.confidence);
  check_note(run, labels == PTRDIFF_MAX && logits == PTRDIFF_MAX && confidence == PTRDIFF_MAX,
             "%s, width %d, %d->%d, rows %d to %d: %s at byte %td", content_names[h->what], h->width, h->inputs,
             h->classes, h->row_begin, h->row_end,

             labels != PTRDIFF_MAX   ? "the labels differ"
             : logits != PTRDIFF_MAX ? "the logits differ"
                                     : "the confidence differs",
             labels != PTRDIFF_MAX   ? labels
             : logits != PTRDIFF_MAX ? logits
                                     : confidence);
  guarded *const used[] = {&source.memory, &expected.labels, &expected.logits,  &expected.confidence,
                           &actual.labels, &actual.logits,   &actual.confidence};
  for (size_t i = 0; i < sizeof used / sizeof *used; i++) guarded_free(used[i]);
  layer_data_free(&data);
}

static head draw_head(check *run, int32_t classes, int32_t inputs, int32_t width) {
  const int32_t begin = (int32_t)check_random(run, HEIGHT);
  return (head){.what = (content)(run->cases % CONTENTS),
                .width = width,
                .inputs = inputs,
                .classes = classes,
                .row_begin = begin,
                .row_end = begin + 1 + (int32_t)check_random(run, (uint32_t)(HEIGHT - begin)),
                .labels_stride = width + (ptrdiff_t)check_random(run, 5),
                .with_logits = check_random(run, 4) == 0,
                .with_confidence = check_random(run, 3) == 0};
}

void check_head(check *run) {
  for (const int32_t *classes = checked_classes; *classes; classes++) {
    for (const int32_t *inputs = checked_channels; *inputs; inputs++) {
      for (const int32_t *width = checked_widths; *width; width++) {
        const head h = draw_head(run, *classes, *inputs, *width);
        check_one(run, &h);
      }
    }
  }
  // More channels than any tier keeps in one tile.
  const head wide = draw_head(run, 5, 260, 33);
  check_one(run, &wide);
}
