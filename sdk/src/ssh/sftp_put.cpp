#include "sftp_transfers.hpp"

#include <algorithm>
#include <utility>

namespace otto::sdk {

using sftp::Reply;
using sftp::Type;

SftpPut::SftpPut(std::shared_ptr<SftpClient> client, sftp::LocalFile source, std::string name,
                 std::string target, SftpOptions options)
    : SftpTransfer(std::move(client))
    , source_(std::move(source))
    , name_(std::move(name))
    , target_(std::move(target))
    , options_(std::move(options)) {}

void SftpPut::begin() {
    send_path(Type::stat, stat_target, target_);
}

void SftpPut::send_path(Type type, Purpose purpose, const std::string& path) {
    request(type, {purpose, 0, 0}).str(path).end();
}

void SftpPut::fail_at(const std::string& path, const Reply& reply) {
    Error error(Errc::transfer, "remote file '" + path + "': " + sftp::explain(reply.status, reply.text));
    if (reply.status == sftp::failure) error.advice("is the disk full, a quota reached, or the path odd?");
    fail(std::move(error));
}

void SftpPut::on_reply(const Request& request, const Reply& reply) {
    auto purpose = static_cast<Purpose>(request.purpose);
    if (purpose == open_file && reply.type == Type::handle) {
        handle_ = reply.text;
        created_ = true;
    }
    if (purpose == rename || purpose == rename_plainly) created_ = created_ && !reply.good();
    if (purpose == write || purpose == set_mode || purpose == close) --closing_;
    if (failing()) return;

    switch (purpose) {
    case stat_target:
        return on_target(reply);
    case open_file:
        if (reply.type != Type::handle) fail_at(target_, reply);
        return;
    case write:
        if (!reply.good()) return fail_at(target_, reply);
        bytes_ += request.size;
        if (options_.progress()) options_.progress()(bytes_, std::max(bytes_, source_.size()));
        break;
    case set_mode:
        if (!reply.good() && reply.status != sftp::op_unsupported) return fail_at(target_, reply);
        break;
    case close:
        if (!reply.good()) return fail_at(target_, reply);
        break;
    case rename:
        if (reply.good()) return finish();
        return reply.status == sftp::op_unsupported ? send_rename(false) : fail_at(target_, reply);
    case rename_plainly: // version 3 does not say what happens to a file of the new name; most servers refuse
        if (reply.good()) return finish();
        if (std::exchange(removed_target_, true)) return fail_at(target_, reply);
        return send_path(Type::remove, remove_target, target_);
    case remove_target:
        return reply.good() ? send_rename(false) : fail_at(target_, reply);
    case clean:
        return;
    }
    if (at_end_ && closing_ == 0) send_rename(client().has_posix_rename());
}

void SftpPut::on_target(const Reply& reply) {
    if (reply.type == Type::attrs && reply.attributes.is_directory()) {
        if (std::exchange(in_directory_, true))
            return fail(Error(Errc::transfer, "remote file '" + target_ + "': is a directory"));
        if (!target_.ends_with('/')) target_ += '/';
        target_ += name_;
        return send_path(Type::stat, stat_target, target_);
    }
    if (reply.type == Type::attrs && !reply.attributes.is_regular())
        return fail(Error(Errc::transfer, "remote file '" + target_ + "': is not a regular file"));
    bool absent = reply.type == Type::status && reply.status == sftp::no_such_file;
    if (reply.type != Type::attrs && !(absent && !target_.ends_with('/'))) return fail_at(target_, reply);
    send_open();
}

void SftpPut::send_open() {
    std::size_t slash = target_.rfind('/');
    temporary_ = slash == std::string::npos ? "" : target_.substr(0, slash + 1);
    temporary_ += sftp::temporary_name();
    constexpr std::uint32_t flags = sftp::open_write | sftp::open_create | sftp::open_exclusive;
    constexpr std::uint32_t has_mode = 4;
    request(Type::open, {open_file, 0, 0}).str(temporary_).u32(flags).u32(has_mode).u32(0600).end();
}

void SftpPut::fill() {
    if (handle_.empty() || at_end_) return;
    block_.resize(client().write_size());
    while (!at_end_ && client().has_room()) {
        std::size_t size = source_.read(block_.data(), block_.size(), offset_);
        if (size == 0) return send_end();
        ++closing_;
        request(Type::write, {write, offset_, static_cast<std::uint32_t>(size)})
            .str(handle_)
            .u64(offset_)
            .str(std::string_view(block_.data(), size))
            .end();
        offset_ += size;
    }
}

// Right behind the data, without waiting for its answers. The mode by a request of its own: the one given to
// open passes the server's umask.
void SftpPut::send_end() {
    at_end_ = true;
    closing_ += 2;
    constexpr std::uint32_t has_mode = 4;
    unsigned mode = options_.mode().value_or(source_.mode() & 0777) & 07777;
    request(Type::fsetstat, {set_mode, 0, 0}).str(handle_).u32(has_mode).u32(mode).end();
    request(Type::close, {close, 0, 0}).str(std::exchange(handle_, {})).end();
}

void SftpPut::send_rename(bool posix) {
    auto packet = posix ? extended("posix-rename@openssh.com", {rename, 0, 0})
                        : request(Type::rename, {rename_plainly, 0, 0});
    packet.str(temporary_).str(target_).end();
}

void SftpPut::undo() {
    if (!handle_.empty()) {
        request(Type::close, {clean, 0, 0}).str(std::exchange(handle_, {})).end();
    } else if (std::exchange(created_, false)) {
        send_path(Type::remove, clean, temporary_);
    }
}

} // namespace otto::sdk
