#include "auth_ops.hpp"

#include <openssl/crypto.h>

#include <cstring>
#include <utility>

namespace otto::sdk {

namespace {

void wipe(std::string& secret) {
    OPENSSL_cleanse(secret.data(), secret.size());
}

unsigned size32(const std::string& text) {
    return static_cast<unsigned>(text.size());
}

// A copy that libssh2 frees; null for nothing.
char* copy_for_library(std::string_view bytes) {
    auto* copy = static_cast<char*>(SshSession::allocate(bytes.size() + 1));
    if (!copy) return nullptr;
    std::memcpy(copy, bytes.data(), bytes.size());
    copy[bytes.size()] = '\0';
    return copy;
}

} // namespace

long OfferedMethodsOp::step() {
    const char* list = libssh2_userauth_list(session_.raw(), user_.data(), size32(user_));
    if (list) {
        methods = list;
        return 0;
    }
    if (libssh2_userauth_authenticated(session_.raw())) return 1;
    return session_.last_errno();
}

long PublicKeyOp::step() {
    void* self = this;
    wanted_ = false;
    const long result = libssh2_userauth_publickey(session_.raw(), user_.c_str(),
                                                   reinterpret_cast<const unsigned char*>(blob_.data()),
                                                   blob_.size(), &PublicKeyOp::on_sign, &self);
    return wanted_ ? sign_wanted : result;
}

int PublicKeyOp::on_sign(LIBSSH2_SESSION*, unsigned char** signature, std::size_t* size,
                         const unsigned char* data, std::size_t data_size, void** self) {
    auto& op = *static_cast<PublicKeyOp*>(*self);
    const std::string_view bytes(reinterpret_cast<const char*>(data), data_size);
    try {
        if (op.signer) op.signature = op.signer(bytes);
        if (op.signature.empty()) {
            if (op.signer) return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
            op.data = std::string(bytes);
            op.wanted_ = true;
            return LIBSSH2_ERROR_EAGAIN; // libssh2 keeps its place and asks again
        }
    } catch (const std::exception&) {
        return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED; // nothing may be thrown through libssh2
    }
    *signature = reinterpret_cast<unsigned char*>(copy_for_library(op.signature));
    *size = op.signature.size();
    return *signature ? 0 : LIBSSH2_ERROR_ALLOC;
}

KeyTextOp::KeyTextOp(SshSession& session, std::string user, std::string text, std::string passphrase)
    : session_(session)
    , user_(std::move(user))
    , text_(std::move(text))
    , passphrase_(std::move(passphrase)) {}

KeyTextOp::~KeyTextOp() {
    wipe(text_);
    wipe(passphrase_);
}

long KeyTextOp::step() {
    return libssh2_userauth_publickey_frommemory(session_.raw(), user_.data(), user_.size(), nullptr, 0,
                                                 text_.data(), text_.size(), passphrase_.c_str());
}

PasswordOp::~PasswordOp() {
    wipe(password_);
}

long PasswordOp::step() {
    return libssh2_userauth_password_ex(session_.raw(), user_.data(), size32(user_), password_.data(),
                                        size32(password_), nullptr);
}

InteractiveOp::~InteractiveOp() {
    wipe(password_);
}

long InteractiveOp::step() {
    session_.set_answering(this);
    const long result =
        libssh2_userauth_keyboard_interactive_ex(session_.raw(), user_.data(), size32(user_), &on_questions);
    session_.set_answering(nullptr);
    return result;
}

std::string InteractiveOp::answer(std::string_view question, bool shown) {
    if (!shown && !std::exchange(password_given_, true)) return password_;
    if (unanswered.empty()) unanswered = std::string(question);
    return {};
}

void InteractiveOp::on_questions(const char*, int, const char*, int, int count,
                                 const LIBSSH2_USERAUTH_KBDINT_PROMPT* prompts,
                                 LIBSSH2_USERAUTH_KBDINT_RESPONSE* responses, void** session) {
    auto& op = *static_cast<InteractiveOp*>(static_cast<SshSession*>(*session)->answering());
    for (int i = 0; i < count; ++i) {
        const std::string_view question(reinterpret_cast<const char*>(prompts[i].text), prompts[i].length);
        auto text = op.answer(question, prompts[i].echo != 0);
        responses[i].text = copy_for_library(text);
        responses[i].length = responses[i].text ? size32(text) : 0;
        wipe(text);
    }
}

} // namespace otto::sdk
