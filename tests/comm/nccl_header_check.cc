// SPDX-License-Identifier: Apache-2.0
// Compiled only where there is an nccl.h: what comm/nccl_library.h declares is what NCCL declares.
#include <nccl.h>

#include <type_traits>

#include "comm/nccl_library.h"

namespace dovetail::nccl {
namespace {

static_assert(sizeof(UniqueId) == sizeof(ncclUniqueId) && sizeof(UniqueId) == NCCL_UNIQUE_ID_BYTES);
static_assert(kSuccess == static_cast<int>(ncclSuccess) &&
              kInvalidUsage == static_cast<int>(ncclInvalidUsage) &&
              kInProgress == static_cast<int>(ncclInProgress));
static_assert(kSum == ncclSum && kFloat32 == ncclFloat32);
static_assert(sizeof(ncclResult_t) == sizeof(int) && sizeof(ncclDataType_t) == sizeof(int));

// Pointers, integers and enumerations of one size are passed alike.
template <typename Ours, typename Theirs>
constexpr bool is_passed_as =
    std::is_same_v<Ours, Theirs> || (std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>) ||
    (std::is_same_v<Ours, int> && std::is_enum_v<Theirs> && sizeof(Theirs) == sizeof(int)) ||
    (std::is_same_v<Ours, UniqueId> && std::is_same_v<Theirs, ncclUniqueId>);

template <typename Ours, typename Theirs>
struct IsDeclaredAs;
template <typename A, typename... Ours, typename B, typename... Theirs>
requires(sizeof...(Ours) == sizeof...(Theirs)) struct IsDeclaredAs<A (*)(Ours...), B (*)(Theirs...)>
    : std::bool_constant<is_passed_as<A, B> && (is_passed_as<Ours, Theirs> && ...)> {
};

#define CHECK_DECLARATION(ours, theirs) \
  static_assert(IsDeclaredAs<decltype(Library::ours), decltype(&theirs)>::value)

CHECK_DECLARATION(get_unique_id, ncclGetUniqueId);
CHECK_DECLARATION(comm_init_rank, ncclCommInitRank);
CHECK_DECLARATION(all_reduce, ncclAllReduce);
CHECK_DECLARATION(group_start, ncclGroupStart);
CHECK_DECLARATION(group_end, ncclGroupEnd);
CHECK_DECLARATION(comm_get_async_error, ncclCommGetAsyncError);
CHECK_DECLARATION(comm_abort, ncclCommAbort);
CHECK_DECLARATION(comm_destroy, ncclCommDestroy);
CHECK_DECLARATION(get_error_string, ncclGetErrorString);

}  // namespace
}  // namespace dovetail::nccl
