// The table of a vector tier, for the file that includes this: it defines `kernel` and `peak`.

static int32_t block_count(const ck_train_layer *layer) { return ck_train_rows_block_count(&kernel, layer); }

static size_t packed_size(const ck_train_layer *layer) { return ck_train_rows_packed_size(&kernel, layer); }

static void pack(void *packed, const float *weights, const ck_train_layer *layer, int32_t begin, int32_t end) {
  ck_train_rows_pack(&kernel, packed, weights, layer, begin, end);
}

static size_t convolve_scratch_size(const ck_train_layer *layer) {
  return ck_train_is_winograd(&kernel, layer) ? ck_train_winograd_scratch_size(&kernel, layer) : 0;
}

static void convolve(const ck_train_args *args) {
  if (ck_train_is_winograd(&kernel, &args->layer)) {
    ck_train_winograd_convolve(&kernel, args);
  } else {
    ck_train_rows_convolve(&kernel, args);
  }
}

static int32_t gradient_block(const ck_train_layer *layer) {
  return ck_train_is_winograd(&kernel, layer) ? CK_TRAIN_BLOCK : CK_TRAIN_OUTPUTS;
}

static size_t gradient_scratch_size(const ck_train_layer *layer, int32_t width) {
  return ck_train_is_winograd(&kernel, layer) ? ck_train_winograd_gradient_scratch_size(layer)
                                              : ck_train_gradient_scratch_size(&kernel, layer, width);
}

static void weight_gradient(const ck_train_gradient_args *args) {
  if (ck_train_is_winograd(&kernel, &args->layer)) {
    ck_train_winograd_weight_gradient(&kernel, args);
  } else {
    ck_train_weight_gradient(&kernel, args);
  }
}

// clang-format off
#define TRAIN_TABLE(which, type)                                                         \
  {                                                                                      \
    .tier = which, .real = type, .block_count = block_count, .packed_size = packed_size, \
    .pack = pack, .convolve_scratch_size = convolve_scratch_size, .convolve = convolve,  \
    .gradient_block = gradient_block, .gradient_scratch_size = gradient_scratch_size,    \
    .weight_gradient = weight_gradient, .peak = peak,                                    \
  }
// clang-format on
