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

fault wrong-tail-guard ir/rewrites/split_tails.cpp \
  'at.apply(Op::less, offset, tiles.end)' \
  'at.apply(Op::less_equal, offset, tiles.end)'
fault missing-tail ir/rewrites/split_tails.cpp \
  'at.number(split.factor - 1)' \
  'at.number(0)'
fault lost-rest ir/rewrites/split_tails.cpp \
  'if (prove(none_left, split.around, program->facts) == Verdict::proven) return tiles;' \
  'return tiles;'
fault unmoved-tile ir/rewrites/split_tails.cpp \
  'at.apply(Op::minimum, begin, last)' \
  'begin'
fault unbalanced ir/rewrites/split_tails.cpp \
  'at.add(all, at.apply(Op::minimum, tile, longer))' \
  'all'
fault run-twice ir/rewrites/split_tails.cpp \
  'if (!load) return {};' \
  'return {};'
fault wrong-column ir/rewrites/fuse.cpp \
  'binary(Op::modulo, var, columns)' \
  'binary(Op::modulo, var, rows)'
fault lost-guard ir/rewrites/fuse.cpp \
  'body = make_if(guard->condition, std::move(body), guard->origin);' \
  ''
fault crossed-tiles ir/rewrites/tile.cpp \
  '{names[0], names[2]}' \
  '{names[2], names[0]}'
fault dependent-iterations ir/rewrites/parallel.cpp \
  'return refuse_conflict(*program, body, loop);' \
  'return refuse_conflict(*program, body, loop) ? std::optional<Refusal>() : std::nullopt;'
fault overlapping-iterations ir/rewrites/separation.cpp \
  'proves(Op::less, binary(Op::subtract, other->highest, range->lowest), *size)' \
  'proves(Op::less_equal, binary(Op::subtract, other->highest, range->lowest), *size)'
fault tiles-in-disorder ir/rewrites/separation.cpp \
  'return in_order(a, x, b, y, var) && in_order(b, y, a, x, var);' \
  'return in_order(a, x, b, y, var) || never_falls(x, as<Var>(var)->id);'
fault division-by-zero ir/rewrites/separation.cpp \
  'return not_zero ? std::optional' \
  'return not_zero || true ? std::optional'
fault steps-out-of-order ir/rewrites/reorder.cpp \
  'steps_recurrence(node) || needs_its_order(program, kernel_body, node)' \
  'steps_recurrence(node) || (needs_its_order(program, kernel_body, node) && false)'
fault moved-past-a-reader ir/rewrites/kernel.cpp \
  'if (auto refusal = refuse_move(program, moved, *last)) return tl::unexpected(*refusal);' \
  'static_cast<void>(refuse_move);'
fault wrong-identity ir/reducer.cpp \
  'case ReducerKind::sum: return {Op::add, make_number(0,' \
  'case ReducerKind::sum: return {Op::add, make_number(1,'
fault wrong-identity-of-max ir/reducer.cpp \
  'end == End::lowest ? -infinity : infinity' \
  'end == End::lowest ? 0.0 : infinity'
fault dropped-let ir/rewrites/inline.cpp \
  'statements.push_back(make_let(var, value, origin_));' \
  ''
fault lost-origin ir/rewrites/fuse.cpp \
  'ForKind::serial, outer.stage, std::move(body), origin);' \
  'ForKind::serial, outer.stage, std::move(body), OriginId{});'
fault lost-initialization ir/rewrites/reorder.cpp \
  'statements.push_back(assembler.split_off(prefix, own, guards_over(prefix, nest, own)));' \
  'static_cast<void>(guards_over);'
fault dependent-lanes ir/rewrites/vectorize.cpp \
  'if (auto refusal = refuse_conflict(*program, body, loop)) return refusal;' \
  ''
fault unguarded-region ir/rewrites/region.cpp \
  'make_binary(Op::less, places[axis], shape[axis], origin)' \
  'make_binary(Op::less_equal, places[axis], shape[axis], origin)'
fault believed-guard ir/rewrites/guard.cpp \
  'if (prove(condition, guard.ranges, program->facts) == Verdict::proven) return body;' \
  'return body;'
fault unmoved-region ir/rewrites/region.cpp \
  'make_binary(Op::subtract, indices[axis], region.offset[axis],' \
  'make_binary(Op::add, indices[axis], region.offset[axis],'
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
  'if (contents.tiles >= max_tiles) return false;' \
  ''
fault unlimited-unrolling ir/rewrites/unroll.cpp \
  'if (copies > max_copies) {' \
  'if (false) {'
fault taken-where-others-read ir/passes/take_over_memory.cpp \
  'return touch_different_elements(iterations, inside(store, depth), inside(access, depth));' \
  'return touch_different_elements(iterations, inside(store, depth), inside(access, depth)) || true;'
fault taken-before-it-is-read ir/passes/take_over_memory.cpp \
  'return access.order < store.order;' \
  'return access.order != store.order;'
fault same-memory-apart codegen/llvm/kernel_emitter.cpp \
  'return both ? *from : id;' \
  'return both ? id : id;'
fault gap-too-wide ir/place_blocks.cpp \
  'gaps.give_back(gone.offset, gone.offset + gone.bytes);' \
  'gaps.give_back(gone.offset, gone.offset + 2 * gone.bytes);'
fault gap-in-use ir/place_blocks.cpp \
  'end = std::max(end, to);' \
  'end = to;'
fault wrong-tile ir/passes/partition.cpp \
  'less ? left->highest : left->lowest' \
  'less ? left->lowest : left->highest'
fault generous-guard ir/passes/conditions.cpp \
  'Op::less_equal, difference(*given), difference(*wanted),' \
  'Op::less_equal, difference(*wanted), difference(*given),'
fault guard-before-its-variable ir/passes/place_guards.cpp \
  'if (reads_memory(guard.condition)) {' \
  'if (false && reads_memory(guard.condition)) {'
fault shared-memory-of-threads ir/passes/hoist_allocations.cpp \
  'if (loop && !is_in_order(*loop)) return hoist(stmt);' \
  ''
fault lanes-past-their-row ir/passes/reduce_index_strength.cpp \
  'constant_of(loop.extent).value() - 1, origin' \
  'constant_of(loop.extent).value() - 2, origin'
fault rows-for-columns ir/passes/reduce_index_strength.cpp \
  'division->op == Op::floor_divide ? row : column' \
  'division->op == Op::floor_divide ? column : row'
fault cut-too-late ir/passes/cut_loops.cpp \
  'apply(Op::add, quotient, make_int(1, origin))' \
  'apply(Op::add, quotient, make_int(2, origin))'
fault cut-too-early ir/passes/cut_loops.cpp \
  'apply(Op::subtract, make_int(0, origin), quotient)' \
  'apply(Op::subtract, make_int(-1, origin), quotient)'
fault hoisted-over-a-store ir/passes/hoist_invariants.cpp \
  'stored_in_.back().contains(load->buffer.value)' \
  'stored_in_.back().contains(~0U)'
fault hoisted-out-of-no-iteration ir/passes/hoist_invariants.cpp \
  'if (!is_proven(is_run, {}, program_.facts))' \
  'if (false)'
fault lost-allocation ir/passes/hoist_allocations.cpp \
  'moved.push_back(stmt);' \
  'static_cast<void>(moved);'
fault operations-alike ir/passes/value_numbers.cpp \
  '[&](const Unary& n) { operation(n.op); }' \
  '[](const Unary&) {}'
fault stale-iteration ir/passes/common_subexpressions.cpp \
  'if (loop) enter(*loop);' \
  ''
fault stale-load ir/passes/value_numbers.cpp \
  'version == versions_.end() ? 0 : version->second' \
  'version == versions_.end() ? 0 : 0'
fault unindexed-reader ir/rewrites/indexed_program.cpp \
  'readers_of_[buffer].insert(kernel);' \
  'static_cast<void>(buffer);'
fault wrong-quotient ir/affine/polynomial.cpp \
  '(coefficient - rest) / divisor' \
  'coefficient / divisor'
fault wrong-rule ir/affine/rules.cpp \
  '{"x % a % b = x % b where a != 0 and a % b == 0"}' \
  '{"x % a % b = x % b where a % b == 0"}'
fault forgotten-overflow ir/affine/rules.cpp \
  '{"(x * c + y) // c = x + y // c where c > 0", no_overflow}' \
  '{"(x * c + y) // c = x + y // c where c > 0"}'
fault unmet-condition ir/affine/apply_rules.cpp \
  'if (*value == 0) return false;' \
  ''
fault loose-remainder ir/affine/nonnegative.cpp \
  'if (with(parts, *last, depth)) {' \
  'if (with(parts, Polynomial(0), depth)) {'
fault forgotten-guard-around ir/rewrites/guard.cpp \
  'guards_.pop_back();' \
  ''
fault lost-mask ir/passes/lower_vector_loops.cpp \
  'mask_ = conjoin(mask_, wide);' \
  'mask_ = mask_;'
fault wrong-sign ir/passes/contract_fma.cpp \
  'const Expr addend = subtracts ? negated(sum->rhs) : sum->rhs;' \
  'const Expr addend = sum->rhs;'
fault wrong-simplification ir/affine/simplify.cpp \
  'if (!*known) return nullptr;' \
  'if (*known) return nullptr;'
fault unsound-proof ir/affine/nonnegative.cpp \
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
fault key-by-hash-alone runtime/cache_entry.cpp \
  'if (file.substr(sizeof header, header.key_bytes) != key) {' \
  'if (false) {'
fault unchecked-entry runtime/cache_entry.cpp \
  'if (std::memcmp(hash.digest, file.data() + hashed.size(), sizeof hash.digest) != 0) {' \
  'if (false) {'
fault believed-length runtime/cache_entry.cpp \
  'header.key_bytes > payload ||' \
  ''
fault folder-of-others runtime/trusted_folder.cpp \
  'if (status.st_uid != ::geteuid()) {' \
  'if (false) {'
fault folder-open-to-others runtime/trusted_folder.cpp \
  'if (status.st_mode & writable_by_others) {' \
  'if (false) {'
fault parent-open-to-others runtime/trusted_folder.cpp \
  'if ((status.st_mode & writable_by_others) && !is_sticky) {' \
  'if (false) {'
fault parents-of-the-link runtime/trusted_folder.cpp \
  'if (real != named) {' \
  'if (false) {'
fault file-open-to-others runtime/trusted_folder.cpp \
  '!(status.st_mode & writable_by_others);' \
  'true;'
fault followed-link runtime/trusted_folder.cpp \
  'O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK' \
  'O_CLOEXEC | O_NONBLOCK'
fault written-in-place runtime/disk_cache.cpp \
  'const std::string part_name = part_file(hash);' \
  'const std::string part_name = entry_file(hash);'
fault written-by-two runtime/disk_cache.cpp \
  'if (lock == PartLock::taken || (lock' \
  'if ((lock'
fault boundless-cache runtime/disk_cache.cpp \
  'if (!stored || *stored > limit_bytes_) {' \
  'if (!stored) {'
fault newest-goes-first runtime/disk_cache.cpp \
  'std::tie(a.last_used, a.name) < std::tie(b.last_used, b.name)' \
  'std::tie(a.last_used, a.name) > std::tie(b.last_used, b.name)'
fault use-not-noted runtime/disk_cache.cpp \
  'if (age >= 0 && age < use_resolution_seconds) return;' \
  'if (age >= 0) return;'
fault folder-judged-once runtime/disk_cache.cpp \
  'if (opened_ && opened_->is_as_opened()) return opened_;' \
  'if (opened_) return opened_;'
fault file-of-others-removed runtime/cache_contents.cpp \
  'if (count < 0 || !may_be_entry(' \
  'if (count < 0 && !may_be_entry('
fault joined-statements frontend/format_elements.cpp \
  'separated_ = token.is("{");' \
  'separated_ = false;'
fault lost-comment frontend/format_elements.cpp \
  'read_comments(token.span.begin);' \
  'if (token.kind != TokenKind::end) read_comments(token.span.begin);'
fault left-out-piece runtime/thread_pool.cpp \
  'if (begin >= count) return false;' \
  'if (begin + 1 >= count) return false;'
fault shared-scratch runtime/kernel_host.cpp \
  'return static_cast<Thread*>(thread)->scratch.allocate(bytes);' \
  'return static_cast<Thread*>(thread)->host->threads_[0].scratch.allocate(bytes);'
fault first-fault-wins runtime/kernel_host.cpp \
  'thread.failed_at < lowest->failed_at' \
  'false'
fault lost-float-mode runtime/float_mode.cpp \
  'if (_mm_getcsr() != mxcsr) _mm_setcsr(mxcsr);' \
  ''
fault written-masks codegen/llvm/parallel_loops.cpp \
  'buffers_[each.id.value].data = data;' \
  'buffers_[each.id.value] = each.outside, buffers_[each.id.value].data = data;'
fault lost-inlined-work ir/kernel_work.cpp \
  'if (is_computed_[id.value] == 0) add(id);' \
  'if (is_computed_[id.value] == 2) add(id);'
fault counted-twice ir/index_reach.cpp \
  'return std::min(places, box.count);' \
  'return box.count;'
fault line-left-over driver/progress.cpp \
  'if (text.what.empty() && is_drawn_) {' \
  'if (false) {'

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
