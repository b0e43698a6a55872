// OpenBLAS's C interface as a module.
#pragma once
#include <cblas.h>
