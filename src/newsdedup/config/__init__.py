"""Every setting of a run as plain values, and how they are read: flags > environment > file > preset > defaults."""

from newsdedup.config.files import CONFIG_NAME as CONFIG_NAME
from newsdedup.config.files import overlooked as overlooked
from newsdedup.config.keys import KEYS as KEYS
from newsdedup.config.keys import Key as Key
from newsdedup.config.presets import PRESETS as PRESETS
from newsdedup.config.settings import Config as Config
from newsdedup.config.sources import ENV_PREFIX as ENV_PREFIX
from newsdedup.config.sources import Setting as Setting
from newsdedup.config.sources import Settings as Settings
from newsdedup.config.sources import command_line_value as command_line_value
from newsdedup.config.sources import load_settings as load_settings
from newsdedup.config.values import RECORD_FIELDS as RECORD_FIELDS
from newsdedup.config.values import VIEWS as VIEWS
