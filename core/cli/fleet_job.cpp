#include "fleet_job.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

namespace otto::cli {
namespace {

namespace fs = std::filesystem;

std::string whole_file(const fs::path& path) {
    if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    if (!file || fs::is_directory(path, ignored))
        throw Error(Errc::usage, "--script " + path.string() + ": the file cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

// The name of a file on a host, which need not look like one of ours. Empty for "/" and "..".
std::string base_name(std::string path) {
    while (path.ends_with('/'))
        path.pop_back();
    const auto slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    return name == "." || name == ".." ? std::string() : name;
}

void make_directory(const fs::path& directory) {
    std::error_code failed;
    fs::create_directories(directory, failed);
    if (failed) throw Error(Errc::transfer, "cannot make " + directory.string() + ": " + failed.message());
}

} // namespace

std::vector<std::string> command_texts(const Request& request) {
    if (request.scripts.empty()) return request.commands;
    std::vector<std::string> texts;
    for (const auto& script : request.scripts)
        texts.push_back(whole_file(script));
    return texts;
}

FleetOptions FleetJob::fleet_options() const {
    FleetOptions options;
    options.hosts(request_.host.value_or(request_.pattern)).fanout(request_.fanout).close_each();
    options.stop_on_failure(request_.stop).overrides(overrides_);
    if (request_.timeout) options.timeout(*request_.timeout);
    return options;
}

Commands FleetJob::commands() const {
    // Text is shown as it comes: nothing of it needs to be kept.
    static constexpr std::size_t kept_for_text = 4096;
    std::vector<Command> list;
    for (const auto& text : texts_) {
        Command command(text);
        if (request_.timeout) command.timeout(*request_.timeout);
        if (request_.format == Format::text)
            command.output_limit(kept_for_text);
        else if (request_.output_limit)
            command.output_limit(*request_.output_limit);
        for (const auto& [name, value] : request_.env)
            command.env(name, value);
        list.push_back(std::move(command));
    }
    return Commands(std::move(list));
}

task<> FleetJob::work(Context& context) {
    if (request_.verb == Verb::run || request_.verb == Verb::exec)
        co_await run_commands(context);
    else
        co_await visit_hosts(context);
}

task<> FleetJob::run_commands(Context& context) {
    FleetOptions options = fleet_options();
    options.on_host_done([this](const HostResult& result) { report_.done(Outcome(result)); });
    // Hosts that an interrupt kept from beginning are left to the report: it calls them missing.
    if (request_.verb == Verb::run)
        (void)co_await context.run_on_all_hosts(commands(), options);
    else
        (void)co_await context.exec_on_all_hosts(commands(), options);
}

task<> FleetJob::visit_hosts(Context& context) {
    FleetOptions options = fleet_options();
    // Each file has a limit of its own; how many there are is the user's choice.
    if (!request_.timeout) options.timeout(unbounded);
    const auto one = [this](Host& host) -> task<bool> { return visit(host); };
    const FleetOutcomes<bool> outcomes = co_await context.do_for_all_hosts(one, options);
    for (const auto& [host, outcome] : outcomes) {
        if (!outcome.error()) continue;
        const HostResult result(host, {}, outcome.error(), Duration(0));
        const std::vector<Transfer> none;
        report_.done(Outcome(result, request_.verb == Verb::check ? nullptr : &none));
    }
}

// Reports the host, unless it was cut off from outside: then the caller knows why.
task<bool> FleetJob::visit(Host& host) {
    const auto start = std::chrono::steady_clock::now();
    const std::string id = host.id();
    std::optional<Error> failure;
    std::vector<Transfer> transfers;
    try {
        transfers = planned_transfers(id);
        if (request_.verb == Verb::check)
            co_await host.open(request_.timeout.value_or(Duration(30'000)));
        else
            co_await transfer_all(host, transfers);
    } catch (...) {
        failure = error_from(std::current_exception(), Errc::internal);
    }
    if (failure && failure->code() == Errc::cancelled) throw Error(*failure);
    const auto spent = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
    const HostResult result(id, {}, failure, spent);
    const Status at_least = request_.dry_run ? Status::not_run : Status::success;
    report_.done(Outcome(result, request_.verb == Verb::check ? nullptr : &transfers, at_least));
    co_return true;
}

std::vector<Transfer> FleetJob::planned_transfers(const std::string& host) const {
    std::vector<Transfer> plan;
    const bool whole_lab = request_.verb == Verb::get && !request_.host;
    if (whole_lab && base_name(host).empty())
        throw Error(Errc::usage, "the id '" + host + "' cannot be a directory's name");
    for (const auto& source : request_.sources) {
        Transfer file;
        file.source = source;
        file.destination = request_.destination;
        if (whole_lab) file.destination += "/" + host;
        if (whole_lab || request_.sources.size() > 1) file.destination += "/" + base_name(source);
        plan.push_back(std::move(file));
    }
    return plan;
}

// A file that cannot be moved is its own failure; anything else ends the host's turn.
task<> FleetJob::transfer_all(Host& host, std::vector<Transfer>& transfers) {
    for (auto& file : transfers) {
        try {
            const TransferResult result = co_await transfer(host, file);
            file.status = result.status();
            file.bytes = result.bytes();
            file.duration = result.duration();
        } catch (const Error& error) {
            if (error.code() != Errc::transfer) throw;
            file.status = Status::error;
            file.error = error;
        }
    }
}

task<TransferResult> FleetJob::transfer(Host& host, const Transfer& file) {
    TransferOptions options;
    if (request_.timeout) options.timeout(*request_.timeout);
    if (request_.verb == Verb::put) {
        const TransferResult sent = co_await host.put(fs::path(file.source), file.destination, options);
        co_return sent;
    }
    const fs::path local = file.destination;
    if (!request_.dry_run && !request_.host) make_directory(local.parent_path());
    try {
        const TransferResult received = co_await host.get(file.source, local, options);
        co_return received;
    } catch (...) {
        std::error_code ignored;
        if (!request_.host) fs::remove(local.parent_path(), ignored); // only if nothing came into it
        throw;
    }
}

} // namespace otto::cli
