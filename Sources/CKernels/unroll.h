// Full unrolling of the loop that follows, in the words of either compiler: files that are built for Arm meet gcc too.
#ifndef CK_UNROLL_H
#define CK_UNROLL_H

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

#endif
