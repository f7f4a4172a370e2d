#include "private_key.hpp"

#include "openssh_key.hpp"
#include "openssl.hpp"
#include "wire.hpp"

#include <otto/error.hpp>

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace otto::sdk {

struct PrivateKey::Parts {
    EvpKeyPtr key;
};

namespace {

[[noreturn]] void fail(const char* reason) {
    throw Error(Errc::authentication, reason);
}

// mpint: two's complement, so a leading zero keeps a number positive (RFC 4251, section 5).
std::string mpint_bytes(const BIGNUM* number) {
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
    if (!bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80) != 0)
        bytes.insert(bytes.begin(), '\0');
    return bytes;
}

std::string number_param(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) fail("the private key is incomplete");
    const BnPtr owner(number);
    return mpint_bytes(number);
}

std::string bytes_param(EVP_PKEY* key, const char* name) {
    std::size_t size = 0;
    if (EVP_PKEY_get_octet_string_param(key, name, nullptr, 0, &size) != 1)
        fail("the private key is incomplete");
    std::string bytes(size, '\0');
    EVP_PKEY_get_octet_string_param(key, name, reinterpret_cast<unsigned char*>(bytes.data()), size, &size);
    return bytes;
}

// RFC 5656, section 3.1
std::string ecdsa_blob(EVP_PKEY* key, std::string& type) {
    const int bits = EVP_PKEY_get_bits(key);
    const std::string curve = bits == 256   ? "nistp256"
                              : bits == 384 ? "nistp384"
                              : bits == 521 ? "nistp521"
                                            : "";
    if (curve.empty()) fail("the key's elliptic curve is not supported");
    // "encoded-pub-key" is uncompressed whatever the file says.
    const auto point = bytes_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY);
    type = "ecdsa-sha2-" + curve;
    std::string blob;
    put_string(blob, type);
    put_string(blob, curve);
    put_string(blob, point);
    return blob;
}

std::string blob_of(EVP_PKEY* key, std::string& type) {
    const int kind = EVP_PKEY_get_base_id(key);
    if (kind == EVP_PKEY_EC) return ecdsa_blob(key, type);
    std::string blob;
    if (kind == EVP_PKEY_ED25519) {
        type = "ssh-ed25519"; // RFC 8709, section 4
        put_string(blob, type);
        put_string(blob, bytes_param(key, OSSL_PKEY_PARAM_PUB_KEY));
    } else if (kind == EVP_PKEY_RSA) {
        type = "ssh-rsa"; // RFC 4253, section 6.6
        put_string(blob, type);
        put_string(blob, number_param(key, OSSL_PKEY_PARAM_RSA_E));
        put_string(blob, number_param(key, OSSL_PKEY_PARAM_RSA_N));
    } else {
        fail("keys of this type are not supported");
    }
    return blob;
}

int give_passphrase(char* space, int size, int, void* passphrase) {
    const auto* text = static_cast<const std::optional<std::string>*>(passphrase);
    if (!*text || (*text)->size() > static_cast<std::size_t>(size)) return -1;
    std::copy((*text)->begin(), (*text)->end(), space);
    return static_cast<int>((*text)->size());
}

EvpKeyPtr parse_pem(std::string_view text, const std::optional<std::string>& passphrase) {
    const BioPtr input(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    auto* context = const_cast<std::optional<std::string>*>(&passphrase);
    EvpKeyPtr key(PEM_read_bio_PrivateKey(input.get(), nullptr, &give_passphrase, context));
    if (key) return key;
    if (!is_encrypted_key(text)) fail("this is no private key, or it is malformed");
    fail(passphrase ? "the passphrase is wrong" : "the key is encrypted and there is no passphrase");
}

const EVP_MD* digest_for(EVP_PKEY* key, std::string_view algorithm) {
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
        return nullptr;
    case EVP_PKEY_RSA:
        return algorithm == "rsa-sha2-256" ? EVP_sha256() : EVP_sha1();
    default:
        break;
    }
    const int bits = EVP_PKEY_get_bits(key); // RFC 5656, section 6.2.1
    return bits <= 256 ? EVP_sha256() : bits <= 384 ? EVP_sha384() : EVP_sha512();
}

// From DER to two mpints (RFC 5656, section 3.1.2).
std::string ecdsa_signature(const std::string& der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const EcdsaSigPtr pair(d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
    if (!pair) fail("signing failed");
    std::string signature;
    put_string(signature, mpint_bytes(ECDSA_SIG_get0_r(pair.get())));
    put_string(signature, mpint_bytes(ECDSA_SIG_get0_s(pair.get())));
    return signature;
}

} // namespace

PrivateKey::PrivateKey(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts))
    , blob_(blob_of(parts_->key.get(), type_)) {}

PrivateKey::~PrivateKey() = default;

std::shared_ptr<const PrivateKey> PrivateKey::parse(std::string_view text,
                                                    const std::optional<std::string>& passphrase) {
    if (is_encrypted_openssh_key(text)) return nullptr;
    auto parts = std::make_unique<Parts>();
    parts->key = is_openssh_key(text) ? parse_openssh_key(text) : parse_pem(text, passphrase);
    return std::shared_ptr<const PrivateKey>(new PrivateKey(std::move(parts)));
}

std::string PrivateKey::sign(std::string_view algorithm, std::string_view data) const {
    auto* key = parts_->key.get();
    const EvpMdCtxPtr context(EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
    std::size_t size = 0;
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, digest_for(key, algorithm), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes, data.size()) != 1) {
        fail("signing failed");
    }
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                       data.size()) != 1)
        fail("signing failed");
    signature.resize(size);
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? ecdsa_signature(signature) : signature;
}

bool is_encrypted_key(std::string_view text) {
    if (is_openssh_key(text)) return is_encrypted_openssh_key(text);
    return text.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string_view::npos ||
           text.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

std::string renamed_blob(std::string_view blob, std::string_view algorithm) {
    WireReader fields(blob);
    (void)fields.string();
    std::string renamed;
    put_string(renamed, algorithm);
    renamed.append(fields.rest());
    return renamed;
}

} // namespace otto::sdk
