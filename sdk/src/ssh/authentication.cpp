#include "authentication.hpp"

#include "agent.hpp"
#include "auth_ops.hpp"
#include "key_file.hpp"

#include <otto/error.hpp>

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace otto::sdk {

namespace {

bool offers(std::string_view methods, std::string_view method) {
    const std::string list = "," + std::string(methods) + ",";
    return list.find("," + std::string(method) + ",") != std::string::npos;
}

// Signature algorithms for a key, best first. libssh2 1.10 itself knows only "ssh-rsa" (SHA-1), which servers
// refuse.
std::vector<std::string> algorithms_for(const std::string& type) {
    if (type == "ssh-rsa") return {"rsa-sha2-256", "ssh-rsa"};
    return {type};
}

std::vector<std::string> default_key_files() {
    std::vector<std::string> files;
    const char* home = std::getenv("HOME");
    if (!home) return files;
    for (const char* name : {"id_ed25519", "id_ecdsa"}) {
        const auto path = std::filesystem::path(home) / ".ssh" / name;
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored)) files.push_back(path);
    }
    return files;
}

class Authenticator {
  public:
    Authenticator(SshSessionPtr session, SshTarget target, std::shared_ptr<SshServices> services)
        : session_(std::move(session))
        , target_(std::move(target))
        , services_(std::move(services)) {}

    task<> run() {
        bool accepted = co_await try_key_files();
        if (!accepted) accepted = co_await try_agent();
        // Only now, since a key that fits needs no question. After a key that was accepted as the first of
        // two required methods, the answer names the second.
        if (!accepted) accepted = co_await ask_methods();
        if (!accepted) accepted = co_await try_password();
        if (!accepted) accepted = co_await try_interactive();
        // GCC 12 makes a trap of a coroutine that returns early and ends with a throw.
        if (!accepted) throw refused();
    }

  private:
    // ---- Keys

    task<bool> try_key_files() {
        auto files = target_.identity_files;
        const bool asked_for = !files.empty();
        if (!asked_for && !target_.password) files = default_key_files();
        for (const auto& path : files) {
            const bool accepted = co_await try_key_file(path);
            if (accepted) co_return true;
        }
        co_return false;
    }

    task<bool> try_key_file(std::string path) {
        std::optional<std::string> passphrase;
        std::shared_ptr<const KeyFile> file;
        try {
            if (target_.passphrase) passphrase = co_await services_->reveal(*target_.passphrase);
            file = read_key_file(path, passphrase);
        } catch (const Error& failure) {
            if (failure.code() != Errc::authentication) throw;
            note("key " + path + " (" + failure.message() + ")");
            co_return false;
        }
        if (!file->key()) co_return co_await try_encrypted_key(path, file, passphrase);
        const auto key = file->key();
        for (const auto& algorithm : algorithms_for(key->type())) {
            auto op =
                std::make_shared<PublicKeyOp>(*session_, target_.user, renamed_blob(key->blob(), algorithm));
            op->signer = [key, algorithm](std::string_view data) { return key->sign(algorithm, data); };
            const long answer = co_await session_->run(op);
            const bool accepted = judge(answer);
            if (accepted) co_return true;
        }
        note("key " + path + " (" + key->type() + ")");
        co_return false;
    }

    task<bool> try_encrypted_key(std::string path, std::shared_ptr<const KeyFile> file,
                                 std::optional<std::string> passphrase) {
        if (!passphrase) {
            note("key " + path + " (it is encrypted and there is no passphrase)");
            co_return false;
        }
        auto op = std::make_shared<KeyTextOp>(*session_, target_.user, file->text(), *passphrase);
        const long answer = co_await session_->run(op);
        if (judge(answer)) co_return true;
        const bool refused = answer == LIBSSH2_ERROR_AUTHENTICATION_FAILED ||
                             session_->last_error().find("Username/PublicKey") != std::string::npos;
        note("key " + path +
             (refused ? " (refused)" : " (the passphrase is wrong, or the key is malformed)"));
        co_return false;
    }

    task<bool> try_agent() {
        const bool by_default = target_.identity_files.empty() && !target_.password;
        if (!target_.agent.value_or(by_default)) co_return false;
        auto agent = co_await AgentClient::connect(session_->executor());
        if (!agent) {
            if (target_.agent) note("agent (there is none: SSH_AUTH_SOCK)");
            co_return false;
        }
        const auto identities = co_await agent->identities();
        for (const auto& identity : identities) {
            const bool accepted = co_await try_agent_key(agent, identity.blob);
            if (accepted) co_return true;
        }
        note("agent (" + std::to_string(identities.size()) + " keys)");
        co_return false;
    }

    task<bool> try_agent_key(std::shared_ptr<AgentClient> agent, std::string blob) {
        const bool rsa = blob.find("ssh-rsa") == 4;
        const auto offered = rsa ? renamed_blob(blob, "rsa-sha2-256") : blob;
        auto op = std::make_shared<PublicKeyOp>(*session_, target_.user, offered);
        long answer = co_await session_->run(op);
        if (answer == PublicKeyOp::sign_wanted) {
            auto signature = co_await agent->sign(blob, op->data, rsa ? AgentClient::sha2_256 : 0);
            // An agent that refuses: libssh2 must be told, or it would go on with this key for ever.
            op = std::make_shared<PublicKeyOp>(*session_, target_.user, offered);
            op->signer = [signature = std::move(signature)](std::string_view) { return signature; };
            answer = co_await session_->run(op);
        }
        co_return judge(answer);
    }

    // ---- Secrets that are typed

    task<bool> ask_methods() {
        auto op = std::make_shared<OfferedMethodsOp>(*session_, target_.user);
        const long answer = co_await session_->run(op);
        if (answer == 1) co_return true;
        if (answer < 0) judge(answer);
        methods_ = op->methods;
        co_return false;
    }

    task<bool> try_password() {
        if (!target_.password || !offers(methods_, "password")) co_return false;
        auto password = co_await services_->reveal(*target_.password);
        auto op = std::make_shared<PasswordOp>(*session_, target_.user, std::move(password));
        const long answer = co_await session_->run(op);
        if (answer == LIBSSH2_ERROR_PASSWORD_EXPIRED) {
            throw Error(Errc::authentication,
                        "the password of user '" + target_.user + "' on " + session_->peer() + " has expired")
                .advice("log in by hand and change it");
        }
        const bool accepted = judge(answer);
        if (!accepted) note("password");
        co_return accepted;
    }

    task<bool> try_interactive() {
        if (!target_.password || !offers(methods_, "keyboard-interactive")) co_return false;
        auto password = co_await services_->reveal(*target_.password);
        auto op = std::make_shared<InteractiveOp>(*session_, target_.user, std::move(password));
        const long answer = co_await session_->run(op);
        const bool accepted = judge(answer);
        if (accepted) co_return true;
        const auto& question = op->unanswered;
        note("keyboard-interactive" +
             (question.empty() ? "" : " (no answer to '" + escape_controls(question) + "')"));
        co_return false;
    }

    // ---- Answers

    // True for success, false for a refusal. Throws if the connection was lost.
    bool judge(long answer) {
        if (answer == 0) return true;
        if (!session_->gone() && answer != SshOp::gone && answer != LIBSSH2_ERROR_SOCKET_RECV) return false;
        auto text =
            session_->peer() + " closed the connection during the login of user '" + target_.user + "'";
        if (!tried_.empty()) text += " after " + tried_;
        throw Error(tried_.empty() ? Errc::unreachable : Errc::authentication, text)
            .advice("see MaxAuthTries, LoginGraceTime and MaxStartups in sshd_config(5)");
    }

    void note(const std::string& what) { tried_ += (tried_.empty() ? "" : ", ") + what; }

    Error refused() const {
        const auto who = "user '" + target_.user + "' on " + session_->peer();
        if (tried_.empty()) {
            return Error(Errc::authentication,
                         "there is nothing to log in with as " + who + "; it offers " + methods_)
                .advice("set identity_file, password or agent");
        }
        return Error(Errc::authentication, who + " was refused: tried " + tried_ + "; it offers " + methods_);
    }

    SshSessionPtr session_;
    SshTarget target_;
    std::shared_ptr<SshServices> services_;
    std::string methods_;
    std::string tried_;
};

} // namespace

task<> authenticate(SshSessionPtr session, SshTarget target, std::shared_ptr<SshServices> services) {
    Authenticator authenticator(std::move(session), std::move(target), std::move(services));
    co_await authenticator.run();
}

} // namespace otto::sdk
