// tcc: a compiler for tensor expressions, as a library.
//
//     #include <tcc/tcc.h>
//     auto program = tcc::compile("C = relu(A @ B + bias)");
//     tcc::Tensor c = program(tcc::Tensor::view(a, {2, 3}), tcc::Tensor::view(b, {3, 4}),
//                             tcc::Tensor::view(bias, {4}));       // std::vector<float> each
//     const float* values = c.data<float>();
//
// Every function throws tcc::Error where it says so; `try_compile` and `Program::try_run` return
// it.
#pragma once

#include <tcc/compiler.h>
#include <tcc/dtype.h>
#include <tcc/error.h>
#include <tcc/program.h>
#include <tcc/session.h>
#include <tcc/tensor.h>
