// Ranges of index variables, and proofs that every read is inside (language sections 6.3, 6.4).
#pragma once

#include "frontend/typed.h"

namespace tcc {

/// Gives each variable of a typed definition without a written range the one that its reads
/// determine. Reports those that none determines, and uses that do not agree.
void infer_ranges(const syntax::Program& program, const TypedDefinition& typed,
                  checked::Program& checked, Diagnostics& diagnostics);

/// What is left to check at run time of a definition whose ranges are known: extents of axes and
/// of inferred ranges that may be negative, reads that could not be proven inside their tensor, and
/// reductions that need an element. Each reports what is surely wrong.
void check_axes(const TypedDefinition& typed, checked::Program& checked, Diagnostics& diagnostics);
/// What functions of shapes need.
void check_requirements(const TypedDefinition& typed, checked::Program& checked,
                        Diagnostics& diagnostics);
/// Notes in `typed` which reads need their guards.
void check_reads(const syntax::Program& program, TypedDefinition& typed, checked::Program& checked,
                 Diagnostics& diagnostics);
void check_reductions(const TypedDefinition& typed, checked::Program& checked,
                      Diagnostics& diagnostics);

}  // namespace tcc
