#!/usr/bin/env bash
# Breaks the compiler on purpose, one fault at a time, in a copy of the tree, and expects each to
# turn a test red: a test that cannot fail is a defect, and so is a stage that no test watches.
#
#     scripts/planted_faults.sh [NAME...]     all of them where none is named
#
# A fault is a replacement of one text in one file. A few minutes each; part of scripts/nightly.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$PWD/build/faults/tree
build=$PWD/build/faults/build

names=() files=() before=() after=()
fault() { # NAME FILE BEFORE AFTER
  names+=("$1") files+=("$2") before+=("$3") after+=("$4")
}

fault wrong-tail-guard ir/rewrites/split.cpp \
  'make_binary(Op::less, offset, loop.extent, origin)' \
  'make_binary(Op::less_equal, offset, loop.extent, origin)'
fault missing-tail ir/rewrites/split.cpp \
  'const Expr round_up = make_int(call.numbers.front() - 1, origin)' \
  'const Expr round_up = make_int(0, origin)'
fault wrong-identity ir/reducer.cpp \
  'case ReducerKind::sum: return {Op::add, make_number(0,' \
  'case ReducerKind::sum: return {Op::add, make_number(1,'
fault wrong-identity-of-max ir/reducer.cpp \
  'end == End::lowest ? -infinity : infinity' \
  'end == End::lowest ? 0.0 : infinity'
fault dropped-let ir/rewrites/inline.cpp \
  'statements.push_back(make_let(var, value, origin_));' \
  ''
fault lost-origin ir/rewrites/split.cpp \
  'body = make_for(inner, zero, factor, ForKind::serial, loop.stage, std::move(body), origin);' \
  'body = make_for(inner, zero, factor, ForKind::serial, loop.stage, std::move(body), OriginId{});'
fault lost-initialization ir/rewrites/reorder.cpp \
  'statements.push_back(assembler.split_off(prefix, own, guards_over(prefix, nest, own)));' \
  'static_cast<void>(guards_over);'
fault reduction-in-lanes ir/rewrites/vectorize.cpp \
  'if (carries_reduction(loop)) {' \
  'if (false) {'
fault unmoved-region ir/rewrites/region.cpp \
  'make_binary(Op::subtract, indices[axis], region.offset[axis],' \
  'make_binary(Op::add, indices[axis], region.offset[axis],'
fault unguarded-region ir/rewrites/compute_at.cpp \
  'if (prove(inside, ranges, program->facts) != Verdict::proven) {' \
  'if (false) {'
fault wrong-partials ir/rewrites/rfactor.cpp \
  'identity_of(nest_.reducer, program_[partial_].dtype, origin_)' \
  'make_number(1, program_[partial_].dtype, origin_)'
fault first-value-twice ir/rewrites/rfactor.cpp \
  'var_of(first) == var_of(stmt) ? 1 : 0' \
  'false ? 1 : 0'
fault unguarded-combination ir/rewrites/reduction_nest.cpp \
  'if (!reduces) result' \
  'if (false && !reduces) result'
fault lost-level ir/rewrites/reduce.cpp \
  'while (*extent_ > 2)' \
  'while (*extent_ > 4)'
fault unscaled-sum ir/rewrites/online_loop.cpp \
  'body.push_back(rescaled(sum));' \
  'static_cast<void>(&OneLoop::rescaled);'
fault masked-rows ir/rewrites/online_loop.cpp \
  'number(std::numeric_limits<double>::quiet_NaN(), dtype)' \
  'number(0, dtype)'
fault other-maximum ir/rewrites/online_match.cpp \
  'if (!same_x(*exponential)) {' \
  'if (false) {'
fault unfilled-cache ir/rewrites/cache_write.cpp \
  'if (first == FirstAccess::reads) body.push_back' \
  'if (false) body.push_back'
fault unmoved-reads ir/rewrites/cache_read.cpp \
  'make_load(dtype, tensor, at, origin)' \
  'make_load(dtype, tensor, at.empty() ? at : local, origin)'
fault temporal-stores ir/rewrites/store.cpp \
  'how == "nontemporal" ? StoreHint::nontemporal' \
  'how == "temporal" ? StoreHint::nontemporal'
fault late-prefetch ir/rewrites/prefetch.cpp \
  'make_binary(Op::add, place->loop().var, ahead, origin)' \
  'place->loop().var'
fault unpadded-panel ir/rewrites/pack.cpp \
  'all = all ? make_binary(Op::logical_and, all, condition, origin_) : condition;' \
  'static_cast<void>(all);'
fault packed-too-late ir/rewrites/pack.cpp \
  'make_binary(Op::equal, around.var, around.begin, origin)' \
  'make_binary(Op::greater, around.var, around.begin, origin)'
fault misplaced-panel ir/rewrites/packed_layout.cpp \
  'if (prove(inside, ranges, facts) != Verdict::proven) return {};' \
  'if (prove(inside, ranges, facts) == Verdict::refuted) return {};'
fault computed-in-itself ir/rewrites/producer.cpp \
  'if (id == stage) {' \
  'if (false) {'
fault unlimited-tiles ir/schedulers/fusion.cpp \
  'if (tiles_[root] == max_tiles) return;' \
  ''
fault unlimited-unrolling ir/rewrites/unroll.cpp \
  'if (copies > max_copies) {' \
  'if (false) {'
fault wrong-tile ir/passes/partition.cpp \
  'less ? left->highest : left->lowest' \
  'less ? left->lowest : left->highest'
fault unindexed-reader ir/rewrites/indexed_program.cpp \
  'readers_of_[buffer].insert(kernel);' \
  'static_cast<void>(buffer);'
fault wrong-quotient ir/affine/polynomial.cpp \
  '(constant - result.remainder) / divisor' \
  'constant / divisor'
fault lost-mask ir/passes/lower_vector_loops.cpp \
  'mask_ = conjoin(mask_, wide);' \
  'mask_ = mask_;'
fault wrong-sign ir/passes/contract_fma.cpp \
  'const Expr addend = subtracts ? negated(sum->rhs) : sum->rhs;' \
  'const Expr addend = sum->rhs;'
fault wrong-simplification ir/affine/simplify.cpp \
  'if (!*known) return nullptr;' \
  'if (*known) return nullptr;'
fault unsound-proof ir/affine/bounds.cpp \
  'if (coefficient < 0) return false;' \
  'if (coefficient < -8) return false;'
fault transposed-operand frontend/lower_to_graph.cpp \
  'operand.indices[value.permutation[axis]] = indices[axis];' \
  'operand.indices[axis] = indices[axis];'
fault wrong-accumulator frontend/typer_reductions.cpp \
  'return returned(is_signed_integer(operands) ? DType::i32 : DType::u32);' \
  'return returned(operands);'
fault wrong-quadrant ir/math/trigonometric.cpp \
  '((reduced.quadrant + 1) & 2) != 0' \
  '(reduced.quadrant & 2) != 0'
fault lost-carry ir/math/trigonometric.cpp \
  'select(low < middle, low.same(1), low.same(0))' \
  'select(low < middle, low.same(0), low.same(0))'
fault wrong-coefficient ir/math/exponential.cpp \
  'exp_tail_f64, exp_tail_f32' \
  'exp_tail_f32, exp_tail_f32'
fault rounded-twice dsl/narrow_float.cpp \
  'if (lost == 0 || !is_even) return sum;' \
  'return sum;'
fault rounded-accumulator frontend/typer_reductions.cpp \
  'return Accumulation{DType::f32, operands};' \
  'return returned(operands);'
fault unstable-sort ir/lower_sort.cpp \
  'apply(Op::logical_and, has_right, is_before(right_key, left_key))' \
  'apply(Op::logical_and, has_right, make_unary(Op::logical_not, is_before(left_key, right_key), origin_))'
fault steps-at-once ir/rewrites/vectorize.cpp \
  'if (steps_recurrence(loop)) {' \
  'if (false && steps_recurrence(loop)) {'
fault last-place frontend/lower_places.cpp \
  'ir::make_reducer(ReducerKind::min, DType::i64, origin)' \
  'ir::make_reducer(ReducerKind::max, DType::i64, origin)'
fault reads-unchecked frontend/conditions.cpp \
  'checked_.conditions.push_back({left, right, std::move(unless_empty), kind, message, span});' \
  ''
fault generous-bound frontend/reference_compare.cpp \
  'const bool wrong = used_part(error, bound) > 1;' \
  'const bool wrong = used_part(error, bound) > 1e6;'

fault unchecked-archive runtime/files/zip_member.cpp \
  'return crc_ == member_.crc ? "" :' \
  'return true ? "" :'
fault overlapping-members runtime/files/zip_directory.cpp \
  'if (member.data_offset > end || member.packed_size > end - member.data_offset) {' \
  'if (member.data_offset > end) {'
fault overlapping-tensors runtime/files/safetensors.cpp \
  'if (entry->begin < at) return' \
  'if (false) return'
fault short-digits runtime/float_text.cpp \
  'for (const std::string& text : {nearest, above}) {' \
  'for (const std::string& text : {nearest}) {'
fault joined-statements frontend/format_elements.cpp \
  'separated_ = token.is("{");' \
  'separated_ = false;'
fault lost-comment frontend/format_elements.cpp \
  'read_comments(token.span.begin);' \
  'if (token.kind != TokenKind::end) read_comments(token.span.begin);'

copy_tree() {
  rm -rf "$tree"
  mkdir -p "$tree"
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$tree"
}

# The tests' own view of the sources is the copy's.
run_tests() {
  cmake --build "$build" --target tcc tcc_tests >"$build/build.log" 2>&1 || return 2
  timeout 900 ctest --test-dir "$build" -j"$(nproc)" >"$build/test.log" 2>&1
}

plant() { # INDEX
  local file=$tree/${files[$1]} text
  text=$(cat "$file"; printf x)
  [[ $text == *"${before[$1]}"* ]] || {
    echo "stale: ${names[$1]}: ${files[$1]} does not have '${before[$1]}'"
    return 1
  }
  text=${text/"${before[$1]}"/"${after[$1]}"}
  printf %s "${text%x}" >"$file"
}

scripts/install_dependencies.sh
copy_tree
cmake -S "$tree" --preset dev -B "$build" -DTCC_WERROR=OFF >/dev/null
run_tests || {
  echo "the tests fail without a fault: see $build/build.log, $build/test.log"
  exit 1
}

missed=()
for index in "${!names[@]}"; do
  name=${names[$index]}
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  plant "$index" || { missed+=("$name"); continue; }
  status=0
  run_tests || status=$?
  if [ "$status" -eq 2 ]; then
    echo "does not compile: $name: see $build/build.log"
    missed+=("$name")
  elif [ "$status" -eq 0 ]; then
    echo "not seen: $name"
    missed+=("$name")
  else
    echo "seen: $name: $(grep -c '(Failed)\|(Timeout)' "$build/test.log" || true) of 8 shards red"
  fi
  cp "${files[$index]}" "$tree/${files[$index]}"
done
[ ${#missed[@]} -eq 0 ] || { echo "missed: ${missed[*]}"; exit 1; }
echo "every fault was seen"
