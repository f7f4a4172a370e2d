// The single steps of authentication as operations on a session.
#pragma once

#include <otto/sdk/ssh/session.hpp>

#include <functional>
#include <string>

namespace otto::sdk {

// Asks with the method "none" what the server offers.
class OfferedMethodsOp final : public SshOp {
  public:
    OfferedMethodsOp(SshSession& session, std::string user)
        : session_(session)
        , user_(std::move(user)) {}
    long step() override; // 0: `methods` is the answer; 1: logged in already
    std::string methods;  // "publickey,password"

  private:
    SshSession& session_;
    std::string user_;
};

// Offers a public key and, if the server knows it, signs. Signing may take a round trip to an agent: then the
// answer is `sign_wanted`, and a new operation with the same arguments and the signature goes on.
class PublicKeyOp final : public SshOp {
  public:
    static constexpr long sign_wanted = 1;
    using Signer = std::function<std::string(std::string_view data)>; // empty: refused

    PublicKeyOp(SshSession& session, std::string user, std::string blob)
        : session_(session)
        , user_(std::move(user))
        , blob_(std::move(blob)) {}
    long step() override;

    Signer signer;         // signs at once, or
    std::string signature; // a signature that was made for `data`
    std::string data;      // with sign_wanted: what to sign

  private:
    static int on_sign(LIBSSH2_SESSION* session, unsigned char** signature, std::size_t* size,
                       const unsigned char* data, std::size_t data_size, void** self);
    SshSession& session_;
    std::string user_;
    std::string blob_;
    bool wanted_ = false;
};

// A key file that only libssh2 can read, from memory.
class KeyTextOp final : public SshOp {
  public:
    KeyTextOp(SshSession& session, std::string user, std::string text, std::string passphrase);
    ~KeyTextOp() override;
    long step() override;

  private:
    SshSession& session_;
    std::string user_;
    std::string text_;
    std::string passphrase_;
};

class PasswordOp final : public SshOp {
  public:
    PasswordOp(SshSession& session, std::string user, std::string password)
        : session_(session)
        , user_(std::move(user))
        , password_(std::move(password)) {}
    ~PasswordOp() override;
    long step() override;

  private:
    SshSession& session_;
    std::string user_;
    std::string password_;
};

// RFC 4256. The first question whose answer is not shown gets the password, every other an empty answer; a
// round without questions is answered, too.
class InteractiveOp final : public SshOp {
  public:
    InteractiveOp(SshSession& session, std::string user, std::string password)
        : session_(session)
        , user_(std::move(user))
        , password_(std::move(password)) {}
    ~InteractiveOp() override;
    long step() override;
    std::string unanswered; // the first question that had no answer

  private:
    static void on_questions(const char* name, int name_size, const char* instruction, int instruction_size,
                             int count, const LIBSSH2_USERAUTH_KBDINT_PROMPT* prompts,
                             LIBSSH2_USERAUTH_KBDINT_RESPONSE* responses, void** session);
    std::string answer(std::string_view question, bool shown);
    SshSession& session_;
    std::string user_;
    std::string password_;
    bool password_given_ = false;
};

} // namespace otto::sdk
