// What a plugin was built with, as text, one key=value a line. It stands in the descriptor and in an ELF note
// that the loader reads before dlopen: a plugin built with AddressSanitizer would end the process inside
// dlopen.
#pragma once

#include <boost/version.hpp>

#include <cstddef>
#include <cstdint>
#include <version>

#define OTTO_ABI 1
#define OTTO_SDK_VERSION "0.1.0"

#define OTTO_DETAIL_TEXT2(x) #x
#define OTTO_DETAIL_TEXT(x) OTTO_DETAIL_TEXT2(x)

#if defined(__clang__)
#define OTTO_DETAIL_CXX "clang-" OTTO_DETAIL_TEXT(__clang_major__)
#else
#define OTTO_DETAIL_CXX "gcc-" OTTO_DETAIL_TEXT(__GNUC__)
#endif

#if defined(__SANITIZE_ADDRESS__)
#define OTTO_DETAIL_SAN "address"
#elif defined(__SANITIZE_THREAD__)
#define OTTO_DETAIL_SAN "thread"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OTTO_DETAIL_SAN "address"
#elif __has_feature(thread_sanitizer)
#define OTTO_DETAIL_SAN "thread"
#endif
#endif
#ifndef OTTO_DETAIL_SAN
#define OTTO_DETAIL_SAN "none"
#endif

#if defined(_GLIBCXX_DEBUG)
#define OTTO_DETAIL_STLDEBUG "1"
#else
#define OTTO_DETAIL_STLDEBUG "0"
#endif

// Letters for the Asio switches that change layout or behaviour across the border.
#if defined(BOOST_ASIO_DYN_LINK)
#define OTTO_DETAIL_ASIO_LINK "shared"
#else
#define OTTO_DETAIL_ASIO_LINK "header-only"
#endif
#if defined(BOOST_ASIO_ENABLE_HANDLER_TRACKING)
#define OTTO_DETAIL_ASIO_TRACKING "+tracking"
#else
#define OTTO_DETAIL_ASIO_TRACKING ""
#endif
#if defined(BOOST_ASIO_HAS_IO_URING)
#define OTTO_DETAIL_ASIO_URING "+io_uring"
#else
#define OTTO_DETAIL_ASIO_URING ""
#endif
#if defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
#define OTTO_DETAIL_ASIO_FRAMES "+no_frame_recycling"
#else
#define OTTO_DETAIL_ASIO_FRAMES ""
#endif

#if defined(__cpp_rtti)
#define OTTO_DETAIL_RTTI "1"
#else
#define OTTO_DETAIL_RTTI "0"
#endif
#if defined(__cpp_exceptions)
#define OTTO_DETAIL_EH "1"
#else
#define OTTO_DETAIL_EH "0"
#endif

#define OTTO_FINGERPRINT                                                                                                                    \
    "abi=" OTTO_DETAIL_TEXT(                                                                                                                \
        OTTO_ABI) "\n"                                                                                                                      \
                  "sdk=" OTTO_SDK_VERSION "\n"                                                                                              \
                  "cxx=" OTTO_DETAIL_CXX "\n"                                                                                               \
                  "std=" OTTO_DETAIL_TEXT(                                                                                                  \
                      __cplusplus) "\n"                                                                                                     \
                                   "stdlib=libstdc++-" OTTO_DETAIL_TEXT(                                                                    \
                                       _GLIBCXX_RELEASE) "\n"                                                                               \
                                                         "cxx11abi=" OTTO_DETAIL_TEXT(                                                      \
                                                             _GLIBCXX_USE_CXX11_ABI) "\n"                                                   \
                                                                                     "stldebug"                                             \
                                                                                     "=" OTTO_DETAIL_STLDEBUG                               \
                                                                                     "\n"                                                   \
                                                                                     "boost"                                                \
                                                                                     "=" OTTO_DETAIL_TEXT(                                  \
                                                                                         BOOST_VERSION) "\n"                                \
                                                                                                        "as"                                \
                                                                                                        "io"                                \
                                                                                                        "=" OTTO_DETAIL_ASIO_LINK           \
                                                                                                            OTTO_DETAIL_ASIO_TRACKING       \
                                                                                                                OTTO_DETAIL_ASIO_URING      \
                                                                                                                    OTTO_DETAIL_ASIO_FRAMES \
                                                                                                        "\n"                                \
                                                                                                        "sa"                                \
                                                                                                        "n"                                 \
                                                                                                        "=" OTTO_DETAIL_SAN                 \
                                                                                                        "\n"                                \
                                                                                                        "rt"                                \
                                                                                                        "ti"                                \
                                                                                                        "=" OTTO_DETAIL_RTTI                \
                                                                                                        "\n"                                \
                                                                                                        "eh"                                \
                                                                                                        "=" OTTO_DETAIL_EH                  \
                                                                                                        "\n"

namespace otto::detail {
// ELF note: gABI "Note Section"; name and descriptor are padded to four bytes.
template <std::size_t N>
struct PluginNote {
    std::uint32_t name_size;
    std::uint32_t text_size;
    std::uint32_t type;
    char name[8];
    char text[(N + 3) & ~std::size_t{3}];
};
inline constexpr std::uint32_t plugin_note_type = 0x4f74746f; // "Otto"
} // namespace otto::detail
