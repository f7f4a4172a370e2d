// Everything that an application needs.
#pragma once

#include <otto/blocking.hpp>
#include <otto/command.hpp>
#include <otto/context.hpp>
#include <otto/error.hpp>
#include <otto/event.hpp>
#include <otto/host.hpp>
#include <otto/lab.hpp>
#include <otto/plugin_registry.hpp>
#include <otto/reservation.hpp>
#include <otto/result.hpp>
#include <otto/runtime.hpp>
#include <otto/secret.hpp>
#include <otto/task.hpp>
#include <otto/timer.hpp>
#include <otto/tool.hpp>
