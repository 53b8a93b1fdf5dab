"""Every setting of a run as plain values, and how they are read: flags > environment > file > defaults."""

from newsdedup.config.settings import KEYS as KEYS
from newsdedup.config.settings import Config as Config
from newsdedup.config.settings import Key as Key
from newsdedup.config.sources import CONFIG_NAME as CONFIG_NAME
from newsdedup.config.sources import ENV_PREFIX as ENV_PREFIX
from newsdedup.config.sources import default_yaml as default_yaml
from newsdedup.config.sources import load_config as load_config
from newsdedup.config.values import RECORD_FIELDS as RECORD_FIELDS
from newsdedup.config.values import VIEWS as VIEWS
