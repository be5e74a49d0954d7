// What must hold of any text, for fuzzers and for the tests that replay what they found.
//
// Both throw where it does not hold, whatever they met: a bug() of the compiler, a result that
// differs, or std::logic_error of their own.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tcc::fuzz {

/// How far a text came.
enum class Reached : std::uint8_t { refused, compiled, ran };

/// A program, or bytes of any kind: it is refused with a diagnostic that renders, or compiles to
/// nests that pass the verifier. What has a tree also formats, to a text that formats to itself and
/// has the same tree. A small program is run by the interpreter at sizes of 2: its plain and its
/// final nests lie within the reference's bound.
Reached check_source(std::string_view text);

/// What the schedules are for.
std::span<const std::string_view> scheduled_programs();

/// The first byte chooses one of those programs, the rest is a schedule for it: it is refused with
/// a diagnostic, or the nests that it makes give what the reference wants; and what it prints as
/// makes the same nests.
Reached check_schedule(std::string_view bytes);

}  // namespace tcc::fuzz
